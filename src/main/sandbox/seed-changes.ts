import type pg from 'pg'

type Change = { by: 'dba-1' | 'operator-1' | 'reviewer-1'; app: string; reason: string; sql: string }

/** The version of a sample document's object. */
export const sampleVersion = (id: string): string => `md5('version ' || ${id})`

/** Each as the person would make it, with no more rights than theirs. Later ones are further up in the log. */
const changes: readonly Change[] = [
  {
    by: 'dba-1',
    app: 'viruj-console',
    reason: 'Types and versions read from the bucket, CC-0398',
    sql: `update documents
             set content_type = case substring(filename from '[a-z]+$')
                                  when 'pdf' then 'application/pdf' when 'png' then 'image/png'
                                  when 'csv' then 'text/csv' else 'text/plain' end,
                 s3_version = case when state = 'stored' then ${sampleVersion('id')} end`,
  },
  {
    by: 'operator-1',
    app: 'viruj-erp',
    reason: '',
    sql: `update documents set state = 'stored', stored_at = now(), s3_version = ${sampleVersion('id')}
           where id = (select max(id) from documents where state = 'pending')`,
  },
  {
    by: 'operator-1',
    app: 'viruj-erp',
    reason: 'Lot mistyped, DEV-1207',
    sql: `update documents set payload = jsonb_set(payload, '{lot}', '"VX-20417"')
           where id = (select max(id) from documents where state = 'stored')`,
  },
  {
    by: 'dba-1',
    app: 'viruj-console',
    reason: 'Limit tightened after review, CC-0412',
    sql: `update metadata set value = jsonb_set(value, '{max}', '400')
           where id = (select min(id) from metadata where plant = 'HYD-1' and key = 'toc_limit')`,
  },
  {
    by: 'dba-1',
    app: 'viruj-console',
    reason: 'Role change approved, ACC-318',
    sql: `update users set role = 'reviewer' where id = (select id from users where role = 'operator' order by email limit 1)`,
  },
  {
    by: 'dba-1',
    app: 'viruj-console',
    reason: 'Clean-up of test messages, CC-0415',
    sql: `delete from notifications where id in (select id from notifications where status = 'failed' order by id limit 3)`,
  },
  {
    by: 'reviewer-1',
    app: 'viruj-console',
    reason: 'Inspection request 2026-14',
    sql: `select audit.record_access('export', '{"seals": "1..1"}', 'Inspection request 2026-14')`,
  },
]

/** What the three people did since the trail began: who looks at the log first sees people, not its making. */
export const seedChanges = async (client: pg.ClientBase): Promise<void> => {
  for (const { by, app, reason, sql } of changes) {
    await client.query(`begin; set local session authorization "${by}"`)
    await client.query(
      `select set_config('application_name', $1, true), set_config('audit.reason', $2, true)`,
      [app, reason],
    )
    await client.query(sql)
    await client.query('commit')
  }
}
