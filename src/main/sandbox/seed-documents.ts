import { createHash } from 'node:crypto'
import type pg from 'pg'
import { type SampleFacts, samplePages, sampleWriter } from './sample-document.ts'

/** Documents with a content of their own; later ones have those of the first again. */
export const sampleContents = 5000

/** Every document but its size and hash, which its content tells. */
const draft = `
  create temporary table draft on commit drop as
  select n as id,
         kind || '-' || lower(plant) || '-' || lpad((pg_temp.h('number ' || n) % 10000)::text, 4, '0') || '.' || type as filename,
         plant,
         pg_temp.one_of(pg_temp.sites(), 'site ' || n) as site,
         'VX-' || 20000 + pg_temp.h('lot ' || n) % 2000 as lot,
         pg_temp.one_of(
           array['Remdelor 10 mg', 'Cardovin 5 mg', 'Glucentra 500 mg', 'Nivalex 20 mg', 'Pulmoren 100 µg', 'Ostevia 70 mg'],
           'product ' || n) as product,
         lower(plant) || to_char(created_at, '/YYYY/MM/') || n || '.' || type as s3_key,
         uploader,
         created_at,
         stored_at
    from (select n,
                 (pg_temp.plants())[1 + uploader % 10] as plant,
                 uploader,
                 pg_temp.moment($1, n::float8 / $2) as created_at,
                 pg_temp.h('pending ' || n) % 400 = 0 or (n > $2 * 0.995 and n % 3 = 0) as pending,
                 pg_temp.one_of(
                   array['cleaning-record', 'sop', 'deviation', 'change-control', 'stability-protocol', 'coa', 'validation-plan', 'batch-release'],
                   'kind ' || content) as kind,
                 content
            from (select n, 1 + (n - 1) % ${sampleContents} as content, pg_temp.operator(pg_temp.h('uploader ' || n) % ($3::int * 168 / 200)) as uploader
                    from generate_series(1, $2::int) n) uploaded) made
   cross join lateral (
     select case
              when kind = 'coa' and pg_temp.h('type ' || content) % 3 = 0 then 'csv'
              when kind = 'deviation' and pg_temp.h('type ' || content) % 4 = 0 then 'png'
              when kind = 'change-control' and pg_temp.h('type ' || content) % 5 = 0 then 'txt'
              else 'pdf' end as type
   ) typed
   cross join lateral (
     select case when not pending
              then least($1, created_at + interval '1 ms' * (300 + pg_temp.h('upload ' || n) % 60000)) end as stored_at
   ) upload`

const insert = `
  insert into public.documents
    (id, filename, plant, site, bytes, sha256, s3_key, state, payload, uploaded_by, created_at, updated_at, stored_at)
  overriding system value
  select d.id, d.filename, d.plant, d.site, c.bytes, c.sha256, d.s3_key,
         case when d.stored_at is null then 'pending' else 'stored' end,
         jsonb_build_object(
           'lot', d.lot,
           'product', d.product,
           'pages', c.pages,
           'retain_until', (d.created_at + interval '10 years')::date,
           'approvals', case when d.stored_at is null then '[]'::jsonb else jsonb_build_array(jsonb_build_object(
             'by', pg_temp.login(d.uploader),
             -- Beyond 2^53: a client that takes it for a double shows another number.
             'seq', 9007199254740993 + 2 * d.id)) end),
         pg_temp.uuid('user ' || d.uploader),
         d.created_at,
         coalesce(d.stored_at, d.created_at),
         d.stored_at
    from draft d
    join unnest($1::int[], $2::int[], $3::text[], $4::int[]) as c (id, bytes, sha256, pages)
      on c.id = 1 + (d.id - 1) % ${sampleContents}
   order by d.id`

/** What the contents of the first documents tell of them. */
const factsIn = async (client: pg.ClientBase, from: string): Promise<SampleFacts[]> => {
  const { rows } = await client.query<SampleFacts>(
    `select id::int, filename, plant, site, lot, product, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as day
       from ${from} as told where id <= $1 order by id`,
    [sampleContents],
  )
  return rows
}

/** What the contents of the first documents tell of their rows, as long as nobody corrected these. */
export const readSampleFacts = (client: pg.ClientBase): Promise<SampleFacts[]> =>
  factsIn(
    client,
    `(select *, payload ->> 'lot' as lot, payload ->> 'product' as product from public.documents)`,
  )

/** `count` documents, oldest first, each at the plant of the operator who uploaded it, with the size and hash of its content. */
export const seedDocuments = async (
  client: pg.ClientBase,
  { base, count, userCount }: { base: Date; count: number; userCount: number },
): Promise<void> => {
  await client.query(draft, [base, count, userCount])
  const write = await sampleWriter()
  const contents = (await factsIn(client, 'draft')).map((facts) => {
    const content = write(facts)
    return {
      id: facts.id,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      pages: samplePages(facts.filename),
    }
  })
  const column = (name: 'id' | 'bytes' | 'sha256' | 'pages') => contents.map((content) => content[name])
  await client.query(insert, [column('id'), column('bytes'), column('sha256'), column('pages')])
  await client.query(`select setval(pg_get_serial_sequence('public.documents', 'id'), $1)`, [count])
}
