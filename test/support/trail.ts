import type pg from 'pg'
import { makeSeal } from '../../src/main/audit/trail/make-seal.ts'
import { verifyTrail } from '../../src/main/audit/trail/verify.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import type { Published, TrailReport } from '../../src/shared/audit-trail.ts'
import { createDatabase, type ServerAddress, type TestDatabase } from './postgres.ts'

/** A migrated database with a table of its own that is audited, `item (id, name, secret)`, and a few sealed changes of it. */
export type Trail = {
  database: TestDatabase
  /** A superuser. */
  client: pg.Client
  /** What was published of each seal, in their order. */
  published: Published[]
  /** Changes a few rows. */
  change(): Promise<void>
  seal(): Promise<Published>
  verify(options?: {
    anchors?: Published[]
    since?: string
    keptAtMost?: number | undefined
  }): Promise<TrailReport>
  /** As a superuser who knows how: what is append-only is so no longer, for this statement. */
  attack(sql: string): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const quietly = (tables: readonly string[], word: 'disable trigger user' | 'enable always trigger') =>
  tables.flatMap((table) =>
    word === 'disable trigger user'
      ? [`alter table audit.${table} ${word}`]
      : [
          `alter table audit.${table} ${word} ${table}_append_only`,
          `alter table audit.${table} ${word} ${table}_no_truncate`,
        ],
  )

export const createTrail = async (on?: ServerAddress): Promise<Trail> => {
  const database = await createDatabase(on === undefined ? {} : { on })
  const client = await database.client()
  await applySchema(client)
  await client.query(`create table item (id int primary key, name text, secret text);
                      select audit.track('item', secrets => '{secret}')`)
  const published: Published[] = []
  const trail: Trail = {
    database,
    client,
    published,
    async change() {
      await client.query(`
        insert into item select n, 'item ' || n, 'secret' from generate_series((select coalesce(max(id), 0) + 1 from item), (select coalesce(max(id), 0) + 5 from item)) n`)
      await client.query(`update item set name = name || '!' where id % 2 = 0`)
    },
    async seal() {
      const made = await makeSeal(client)
      published.push(made)
      return made
    },
    verify: ({ anchors = [], since, ...bounds } = {}) =>
      verifyTrail(
        client,
        { anchors, since: since ?? null, ...bounds },
        { signal: new AbortController().signal, report: () => undefined },
      ),
    async attack(sql) {
      const tables = ['event', 'seal', 'seal_part', 'retired']
      await client.query(
        [
          'begin',
          'set local session_replication_role = replica',
          ...quietly(tables, 'disable trigger user'),
          sql,
          ...quietly(tables, 'enable always trigger'),
          'commit',
        ].join(';\n'),
      )
    },
    [Symbol.asyncDispose]: () => database.drop(),
  }
  for (let round = 0; round < 4; round += 1) {
    await trail.change()
    await trail.seal()
  }
  return trail
}
