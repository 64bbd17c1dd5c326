import type pg from 'pg'

const insert = `
  insert into public.documents
    (id, filename, plant, site, bytes, sha256, s3_key, state, payload, uploaded_by, created_at, updated_at, stored_at)
  overriding system value
  select n,
         kind || '-' || lower(plant) || '-' || lpad((pg_temp.h('number ' || n) % 10000)::text, 4, '0') || '.pdf',
         plant,
         pg_temp.one_of(pg_temp.sites(), 'site ' || n),
         40000 + pg_temp.h('bytes ' || n) % 9400000,
         encode(sha256(('content ' || n)::bytea), 'hex'),
         lower(plant) || to_char(created_at, '/YYYY/MM/') || n || '.pdf',
         case when pending then 'pending' else 'stored' end,
         jsonb_build_object(
           'lot', 'VX-' || 20000 + pg_temp.h('lot ' || n) % 2000,
           'product', pg_temp.one_of(
             array['Remdelor 10 mg', 'Cardovin 5 mg', 'Glucentra 500 mg', 'Nivalex 20 mg', 'Pulmoren 100 µg', 'Ostevia 70 mg'],
             'product ' || n),
           'pages', 1 + pg_temp.h('pages ' || n) % 120,
           'retain_until', (created_at + interval '10 years')::date,
           'approvals', case when pending then '[]'::jsonb else jsonb_build_array(jsonb_build_object(
             'by', pg_temp.login(uploader),
             -- Beyond 2^53: a client that takes it for a double shows another number.
             'seq', 9007199254740993 + 2 * n)) end),
         pg_temp.uuid('user ' || uploader),
         created_at,
         coalesce(stored_at, created_at),
         stored_at
    from (select n,
                 (pg_temp.plants())[1 + uploader % 10] as plant,
                 uploader,
                 pg_temp.moment($1, n::float8 / $2) as created_at,
                 pg_temp.h('pending ' || n) % 400 = 0 or (n > $2 * 0.995 and n % 3 = 0) as pending,
                 pg_temp.one_of(
                   array['cleaning-record', 'sop', 'deviation', 'change-control', 'stability-protocol', 'coa', 'validation-plan', 'batch-release'],
                   'kind ' || n) as kind
            from (select n, pg_temp.operator(pg_temp.h('uploader ' || n) % ($3::int * 168 / 200)) as uploader
                    from generate_series(1, $2::int) n) uploaded) made
   cross join lateral (
     select case when not pending
              then least($1, created_at + interval '1 ms' * (300 + pg_temp.h('upload ' || n) % 60000)) end as stored_at
   ) upload`

/** `count` documents, oldest first, each at the plant of the operator who uploaded it. */
export const seedDocuments = async (
  client: pg.ClientBase,
  { base, count, userCount }: { base: Date; count: number; userCount: number },
): Promise<void> => {
  await client.query(insert, [base, count, userCount])
  await client.query(`select setval(pg_get_serial_sequence('public.documents', 'id'), $1)`, [count])
}
