import type pg from 'pg'
import { ConsoleError } from '../../shared/errors.ts'
import { newTag } from '../session/tag.ts'
import { plantKeys, siteKeys } from './seed-metadata.ts'

/** Rows that were added; what was there already, in whatever state, is left as it is and counted as kept. */
export type SeedOutcome = { added: number; kept: number }

/** Each key with the lowest of its usual values. */
const baseline = (keys: typeof siteKeys) =>
  keys.map(([key, value, low]) => ({ key, value: value.replace('%s', String(low)) }))

const metadata = `
  with wanted as (
    select plant, site, key, value::jsonb
      from unnest($1::text[]) plant
     cross join unnest($2::text[]) site
     cross join unnest($3::text[], $4::text[]) as keys (key, value)
     union all
    select plant, null, key, value::jsonb
      from unnest($1::text[]) plant
     cross join unnest($5::text[], $6::text[]) as keys (key, value)
  ), added as (
    insert into public.metadata (plant, site, key, value)
    select plant, site, key, value from wanted
        on conflict (plant, coalesce(site, ''), key) do nothing
    returning 1
  )
  select (select count(*)::int from wanted) as wanted, (select count(*)::int from added) as added`

// Nobody signs in with this hash.
const uploader = `
  insert into public.users (email, password_hash, role)
  values ('sample-operator@example.com', '!', 'operator')
      on conflict (lower(email)) do nothing`

// Pending, which is the truth: no bucket has their bytes.
const documents = `
  with wanted as (
    select kind || '-' || lower(plant) || '-sample.pdf' as filename, plant, site,
           'samples/' || lower(plant) || '/' || site || '/' || kind || '.pdf' as s3_key
      from unnest($1::text[]) plant
     cross join unnest($2::text[]) site
     cross join unnest(array['sop', 'cleaning-record', 'batch-release']) kind
  ), added as (
    insert into public.documents (filename, plant, site, bytes, sha256, s3_key, payload, uploaded_by)
    select filename, plant, site, octet_length(s3_key), encode(sha256(s3_key::bytea), 'hex'), s3_key, '{"sample": true}', id
      from wanted, public.users
     where lower(email) = 'sample-operator@example.com'
        on conflict (s3_key) do nothing
    returning 1
  )
  select (select count(*)::int from wanted) as wanted, (select count(*)::int from added) as added`

const outcome = (rows: readonly { wanted: number; added: number }[]): SeedOutcome => {
  const { wanted = 0, added = 0 } = rows[0] ?? {}
  return { added, kept: wanted - added }
}

/** What is seeded where, and why: the audit trail of metadata demands a reason. */
export type SeedRequest = { plants: string[]; sites: string[]; withDocuments: boolean; reason: string }

/**
 * Adds the baseline metadata of `plants` and `sites`, and sample documents there, to a migrated database, in one
 * transaction. Whatever is there already stays as it is: run twice, the second adds nothing.
 *
 * @throws ConsoleError NOT_FOUND when the database has no such tables
 */
export const seedBaseline = async (
  client: pg.ClientBase,
  { plants, sites, withDocuments, reason }: SeedRequest,
): Promise<{ metadata: SeedOutcome; documents: SeedOutcome }> => {
  const { rows } = await client.query<{ found: boolean }>(
    `${newTag()} select pg_catalog.to_regclass('public.metadata') is not null and pg_catalog.to_regclass('public.documents') is not null as found`,
  )
  if (rows[0]?.found !== true) {
    throw new ConsoleError(
      'NOT_FOUND',
      'This database has no tables of the Viruj ERP.',
      'Run "viruj-console migrate up" first.',
    )
  }
  const column = (keys: typeof siteKeys, field: 'key' | 'value') => baseline(keys).map((one) => one[field])
  const run = (sql: string, values: unknown[]) =>
    client.query<{ wanted: number; added: number }>(`${newTag()} ${sql}`, values)
  await client.query('begin')
  try {
    await client.query('set local search_path = pg_catalog, pg_temp')
    await client.query(`select pg_catalog.set_config('audit.reason', $1, true)`, [reason])
    const values = await run(metadata, [
      plants,
      sites,
      column(siteKeys, 'key'),
      column(siteKeys, 'value'),
      column(plantKeys, 'key'),
      column(plantKeys, 'value'),
    ])
    let samples: SeedOutcome = { added: 0, kept: 0 }
    if (withDocuments) {
      await run(uploader, [])
      samples = outcome((await run(documents, [plants, sites])).rows)
    }
    await client.query('commit')
    return { metadata: outcome(values.rows), documents: samples }
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}
