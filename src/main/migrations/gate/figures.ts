import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { newTag } from '../../session/tag.ts'
import type { Figures } from './known.ts'

const lockNotAvailable = '55P03'

type Writes = { oid: number; writes: number | null }

const readWrites = async (client: pg.ClientBase, oids: number[]): Promise<Map<number, number | null>> => {
  const { rows } = await client.query<Writes>(
    `${newTag()}
     select oid::int8::float8 as "oid",
            case when pg_catalog.current_setting('track_counts')::bool then
              (pg_catalog.pg_stat_get_tuples_inserted(oid) + pg_catalog.pg_stat_get_tuples_updated(oid)
                + pg_catalog.pg_stat_get_tuples_deleted(oid))::float8
            end as "writes"
       from pg_catalog.unnest($1::int8[]::oid[]) as oid`,
    [oids],
  )
  return new Map(rows.map(({ oid, writes }) => [oid, writes]))
}

type Size = { oid: number; bytes: number; empty: boolean }

/** The exact size opens the relation, and so waits for who locks it; the estimate of the catalog does not. */
const exact = `
  select oid::int8::float8 as "oid", coalesce(pg_catalog.pg_total_relation_size(oid), 0)::float8 as "bytes",
         coalesce(pg_catalog.pg_relation_size(oid), 0) = 0 as "empty"
    from pg_catalog.unnest($1::int8[]::oid[]) as oid`
const estimated = `
  select c.oid::int8::float8 as "oid",
         (greatest(c.relpages, 0)::float8 * pg_catalog.current_setting('block_size')::float8) as "bytes", false as "empty"
    from pg_catalog.pg_class as c where c.oid = any ($1::int8[]::oid[])`

const readSizes = async (client: pg.ClientBase, oids: number[]): Promise<Size[]> => {
  await client.query(`${newTag()} begin read only`)
  try {
    await client.query(`${newTag()} set local lock_timeout = '500ms'`)
    return (await client.query<Size>(`${newTag()} ${exact}`, [oids])).rows
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== lockNotAvailable) throw error
  } finally {
    await client.query(`${newTag()} rollback`)
  }
  return (await client.query<Size>(`${newTag()} ${estimated}`, [oids])).rows
}

/** Sizes, and how busy they are: two looks at the statistics, a moment apart. */
export const readFigures = async (
  client: pg.ClientBase,
  oids: number[],
  { sampleMilliseconds, signal }: { sampleMilliseconds: number; signal: AbortSignal },
): Promise<Map<number, Figures>> => {
  if (oids.length === 0) return new Map()
  const began = performance.now()
  const before = await readWrites(client, oids)
  const sizes = await readSizes(client, oids)
  await sleep(Math.max(0, sampleMilliseconds - (performance.now() - began)), undefined, { signal })
  const after = await readWrites(client, oids)
  const seconds = (performance.now() - began) / 1000
  return new Map(
    sizes.map(({ oid, bytes, empty }) => {
      const [from, to] = [before.get(oid) ?? null, after.get(oid) ?? null]
      // Less than before: the statistics were reset meanwhile.
      const known = from !== null && to !== null && to >= from
      return [oid, { bytes, empty, writesPerSecond: known ? (to - from) / seconds : null }]
    }),
  )
}
