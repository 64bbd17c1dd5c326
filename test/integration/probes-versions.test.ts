import { describe, expect, test } from 'vitest'
import { createOperations } from '../../src/main/operations/operations.ts'
import { probes } from '../../src/main/operations/probes.ts'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { createDatabase, isHere, startServer } from '../support/postgres.ts'
import { noAbort, openTestSession } from '../support/session.ts'

/** Something for each probe to find. */
const objects = `
  create table customers (id smallserial primary key, name text);
  create table orders (id int generated always as identity primary key, customer smallint references customers, note text);
  insert into customers (name) select 'x' from generate_series(1, 10) n;
  select setval('customers_id_seq', 32000);
  insert into orders (customer) select 1 + n % 10 from generate_series(1, 20000) n;
  delete from orders where id % 4 > 0;
  create index orders_note on orders (note);
  create index orders_note_again on orders (note);
  create index orders_unused on orders (id, note);
  create table crowded (n int);
  alter table crowded set (autovacuum_enabled = false);
  insert into crowded select 1 from generate_series(1, 2);
  grant select on orders to public;
  create function act() returns void language sql security definer as 'select';
  insert into ops.backup_run (tool, label, kind, started_at, finished_at, outcome, bytes)
  values ('other', 'nightly', 'full', now() - interval '2 h', now() - interval '1 h', 'succeeded', 1);
  insert into ops.backup_review (backups, verdict, note, next_due)
  select array_agg(id), 'objected', 'Never restored', '2999-12-31' from ops.backup_run;
  analyze`

describe.each([14, 15, 16, 17, 18] as const)('on PostgreSQL %i', (version) => {
  test.skipIf(!isHere(version))('the server answers every probe, with what there is to find', async () => {
    await using server = await startServer({ version })
    await using database = await createDatabase({ on: server.address })
    const client = await database.client()
    await applySchema(client)
    await client.query(objects)
    await client.query('create unique index concurrently crowded_n on crowded (n)').catch(() => undefined)
    await client.query(`select pg_create_physical_replication_slot('away', true)`)
    await using session = await openTestSession(database)
    const operations = createOperations(session)
    const ids = probes.map(({ id }) => id)
    const { reports } = await operations.run({ ids, thresholds: { 'indexes.missingFrom': 1000 } }, noAbort())
    expect(reports.filter(({ error }) => error !== null)).toEqual([])

    const isEmpty = reports.filter(({ rows }) => rows.length === 0).map(({ id }) => id)
    expect(isEmpty).toEqual(['standbys', 'receiver', 'locks', ...(version < 16 ? ['io'] : []), 'progress'])
    const list = await operations.list({ thresholds: {} })
    for (const { id, rows } of reports) {
      const columns = list.find((probe) => probe.id === id)?.columns.map(({ key }) => key)
      expect(Object.keys(rows[0] ?? {}).filter((key) => !columns?.includes(key))).toEqual([])
    }

    const told = (id: string) =>
      reports.find((report) => report.id === id)?.findings.map(({ verdict, text }) => `${verdict}: ${text}`)
    expect(told('indexes')).toEqual([
      'warn: public.crowded_n is invalid: writes keep it up, no query uses it.',
      'warn: public.orders_note_again is the same as public.orders_note.',
      expect.stringMatching(
        /^warn: public\.orders \(customer\) points to public\.customers without an index: deleting there reads [\d,]+ rows/,
      ),
    ])
    expect(told('sequences')).toEqual([
      'critical: public.customers_id_seq has used 98 % of its numbers; at 32767 inserts fail.',
    ])
    expect(told('vacuum')).toContain('warn: Autovacuum is off for public.crowded.')
    expect(told('backup-reviews')).toEqual(['warn: test_owner objected in the last review: Never restored'])
    expect(told('backups')).toEqual(['warn: No restore is recorded: nobody knows whether one works.'])
    expect(told('settings')).toContain(
      'critical: fsync is off, not on: a crash of the machine would damage the database beyond repair.',
    )
    expect(told('public-grants')).toEqual(['warn: Everybody may SELECT the table public.orders.'])
    expect(told('definers')).toEqual([
      'critical: public.act() acts as test_owner, and everybody who calls it chooses which objects it finds.',
    ])
    expect(reports.find(({ id }) => id === 'hba')?.rows[0]?.matches).toEqual(['test_owner (you)'])
  })
})
