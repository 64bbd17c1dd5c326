import type pg from 'pg'

/** Twelve columns of the kinds that people have, about 330 bytes a row. */
const mixed = (rows: number): string => `
  select n::int8 as id, md5(n::text)::uuid as reference, (n % 40)::int as plant, (n * 1.25)::numeric(12,2) as price,
         'document-' || n || '.pdf' as name, repeat('note ', 5 + n % 20) as note,
         timestamptz '2024-01-01' + n * interval '1 second' as changed_at, n % 3 = 0 as released,
         jsonb_build_object('site', n % 40, 'status', 'released', 'note', 'batch ' || n) as payload,
         array['plant ' || n % 7, 'archive'] as tags, date '2020-01-01' + n % 2000 as valid_from, n / 7.0::float8 as weight
    from generate_series(1, ${rows}) as n`

/** Few columns, so that many rows are made in little time. */
const narrow = (rows: number): string => `
  select n::int8 as id, (n % 40)::int as plant, 'row ' || n as name from generate_series(1, ${rows}) as n`

export type TableShape = 'mixed' | 'narrow'

/** Makes table `shape_rows` with its primary key `id`, and returns its oid. */
export const makeTable = async (client: pg.Client, shape: TableShape, rows: number): Promise<string> => {
  const name = `${shape}_${rows}`
  await client.query(`create unlogged table ${name} as ${shape === 'mixed' ? mixed(rows) : narrow(rows)}`)
  await client.query(`alter table ${name} add primary key (id)`)
  await client.query(`vacuum (freeze, analyze) ${name}`)
  const { rows: found } = await client.query('select $1::regclass::oid::text as oid', [name])
  return found[0].oid
}
