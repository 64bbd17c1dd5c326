import type pg from 'pg'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { createDatabase, createRole, type TestDatabase } from '../support/postgres.ts'
import type { Stand } from './stand.ts'

/** Months over which the events of a log are spread, as many each day. */
const months = 24

/**
 * Events `first` to `last` of `events`: two hundred people, the first of them doing the most; eight tables, rows with about twenty events
 * each; now and then a deletion of 500 rows at once, a change of the schema, a table seldom changed, and somebody who is seldom there.
 */
const fill = async (client: pg.Client, events: number, first: number, last: number): Promise<void> => {
  await client.query(
    `
    insert into audit.event (id, sysid, xid, ts, tx_ts, op, schema_name, table_name, row_pk, old_row, new_row, actor, acting_role,
                             backend_pid, app, reason)
    overriding system value
    select n, identity.sysid, 3 + n / 500, at, at, op, 'public', table_name, case when op <> 'DDL' then (n / 8 % rows)::text end,
           case when op in ('UPDATE', 'DELETE') then image end,
           case op when 'INSERT' then image when 'DDL' then jsonb_build_object('command', 'ALTER TABLE')
                   when 'UPDATE' then jsonb_build_object('state', 'stored', 'stored_at', at) end,
           case when n % ($1 / 100) = 7 then 'person-rare' when n > $1 - 20 then 'person-new'
                else 'person-' || (200 * chance ^ 3)::int end,
           'viruj_operator', 4711, case when n % 5 = 0 then 'erp' else 'viruj-console' end,
           case when n % 10 > 0 then 'CR-' || n % 1000 end
      from (select sysid from audit.system_identifier() sysid) identity
     cross join generate_series($2::bigint, $3::bigint) n
     cross join lateral (
       select date_trunc('day', now()) - make_interval(months => ${months}) + (now() - date_trunc('day', now()) + make_interval(months => ${months})) * (n / ($1 + 1)::float8) as at,
              (n * 2654435761 % 4294967296) / 4294967296.0::float8 as chance,
              greatest($1 / 160, 1) as rows,
              case when n % 100000 < 500 then 'DELETE' when n % 10000 = 700 then 'DDL' when n % 10 < 2 then 'INSERT' else 'UPDATE' end as op,
              case when n % 100000 < 500 then 'documents' when n % 10000 between 701 and 702 then 'plant_access'
                   else (array['documents', 'metadata', 'notifications', 'users', 'signatures', 'sites', 'batches', 'orders'])[1 + n % 8] end as table_name) e
     cross join lateral (
       select jsonb_build_object('id', n, 'filename', 'batch-record-' || n || '.pdf', 'plant', 'HYD-1', 'bytes', n * 37, 'state', 'pending',
                                 'stored_at', null) as image) i`,
    [events, first, last],
  )
}

/** A database with an audit log of so many events of about 450 bytes, all below one seal, and a reviewer's way to it. */
export const makeAuditLog = async (
  stand: Stand,
  events: number,
): Promise<Pick<TestDatabase, 'url'> & { [Symbol.asyncDispose](): Promise<void> }> => {
  const { address } = await stand.server()
  const database = await createDatabase({ on: address })
  const client = await database.client()
  await applySchema(client)
  const reviewer = await createRole({ on: address, as: 'in role viruj_reviewer' })
  await client.query(`select audit.make_months(2, now() - interval '${months + 1} months')`)
  const half = Math.floor(events / 2)
  await Promise.all([fill(client, events, 1, half), fill(await database.client(), events, half + 1, events)])
  await client.query(`
    insert into audit.seal
    select 1, audit.system_identifier(), '1000000:1000000:', null, count(*), min(id), max(id), sha256(''), sha256('before'), sha256('seal'), now(), 'bench'
      from audit.event`)
  await client.query('vacuum (analyze) audit.event')
  const url = new URL(database.url)
  url.username = reviewer.user
  url.password = reviewer.password
  return {
    url: url.href,
    async [Symbol.asyncDispose]() {
      await database.drop()
      await reviewer.drop()
    },
  }
}
