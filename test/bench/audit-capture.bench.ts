import { applySchema } from '../../src/main/sandbox/schema.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { type Figure, median } from './figure.ts'

const limits: readonly [clients: number, limit: number][] = [
  [1, 0.7],
  [4, 0.65],
  [16, 0.5],
]
const rounds = 5
/** Milliseconds that one measurement lasts. */
const lasts = 3000
const rows = 100_000

/** The usual way elsewhere: a trigger for each row, which looks up the key's columns in the catalog. Written for this comparison. */
const rowTriggers = `
  create table row_history (id bigint generated always as identity primary key, ts timestamptz not null default now(), op text not null,
    table_oid oid not null, record_key text not null, actor text not null default session_user, record jsonb, old_record jsonb);
  create index on row_history using brin (ts);
  create index on row_history (table_oid, record_key);
  create function key_columns(relation oid) returns text[] language sql stable as $$
    select array_agg(a.attname::text order by a.attnum) from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
     where i.indrelid = relation and i.indisprimary $$;
  create function record_row() returns trigger language plpgsql security definer as $$
  declare
    new_row jsonb := to_jsonb(new);
    old_row jsonb := to_jsonb(old);
  begin
    insert into row_history (op, table_oid, record_key, record, old_record)
    select tg_op, tg_relid, (select string_agg(coalesce(new_row, old_row) ->> c, '/') from unnest(key_columns(tg_relid)) c), new_row, old_row;
    return coalesce(new, old);
  end $$;
  create trigger record_row after insert or update or delete on by_row for each row execute function record_row();`

/** Updates of one row a transaction that `clients` connections do in a second. */
const rate = async (database: TestDatabase, table: string, clients: number): Promise<number> => {
  const connections = await Promise.all(Array.from({ length: clients }, () => database.client()))
  let done = 0
  const until = performance.now() + lasts
  await Promise.all(
    connections.map(async (client, at) => {
      for (let id = at + 1; performance.now() < until; id = ((id + 7919) % rows) + 1) {
        await client.query({
          name: table,
          text: `update ${table} set qty = qty + 1 where id = $1`,
          values: [id],
        })
        done += 1
      }
    }),
  )
  await Promise.all(connections.map((client) => client.end()))
  return (done / lasts) * 1000
}

export const figure: Figure = {
  id: 'audit-capture',
  limit: '>= 0.70, 0.65, 0.50 of the rate without audit at 1, 4, 16 clients, and above row triggers',
  async run(stand) {
    const { address } = await stand.server()
    await using database = await createDatabase({ on: address })
    const client = await database.client()
    await applySchema(client)
    for (const table of ['plain', 'recorded', 'by_row']) {
      await client.query(`
        create table ${table} (id int primary key, plant text, qty numeric, note text, changed_at timestamptz default now());
        insert into ${table} (id, plant, qty, note) select n, 'HYD-1', n, 'note ' || n from generate_series(1, ${rows}) n`)
    }
    await client.query(`select audit.track('recorded')`)
    await client.query(rowTriggers)
    await client.query('vacuum analyze')
    const measured = []
    for (const [clients, limit] of limits) {
      const ratios: { ours: number; others: number; plain: number }[] = []
      for (let round = 0; round < rounds; round += 1) {
        const plain = await rate(database, 'plain', clients)
        const ours = await rate(database, 'recorded', clients)
        const others = await rate(database, 'by_row', clients)
        ratios.push({ plain, ours: ours / plain, others: others / plain })
      }
      const [ours, others] = [median(ratios.map((one) => one.ours)), median(ratios.map((one) => one.others))]
      measured.push({
        what: `one-row updates, ${clients} ${clients === 1 ? 'client' : 'clients'}`,
        measured: `${(median(ratios.map(({ plain }) => plain)) * ours).toFixed(0)} tps`,
        peer: `without audit ${median(ratios.map(({ plain }) => plain)).toFixed(0)} tps; row triggers ${others.toFixed(2)}`,
        ratio: ours,
        holds: ours >= limit && ours > others,
      })
    }
    return measured
  },
}
