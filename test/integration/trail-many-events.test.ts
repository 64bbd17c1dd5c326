import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTrail, type Trail } from '../support/trail.ts'

let trail: Trail
/** What auto_explain tells of the statements of a seal. */
const plans: string[] = []
beforeAll(async () => {
  trail = await createTrail()
  trail.client.on('notice', ({ message }) => plans.push(message ?? ''))
  await trail.client.query(`load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
                            set client_min_messages = log`)
})
afterAll(() => trail[Symbol.asyncDispose]())

const sealed = async (): Promise<string> => {
  plans.length = 0
  await trail.seal()
  return plans.join('\n')
}

test('a seal over many events takes workers, leaves nothing for the next one to read again, and holds', async () => {
  await trail.client.query(
    `insert into audit.event (op, reason) select 'NOTE', repeat('x', 100) from generate_series(1, 12000)`,
  )
  expect(await sealed()).toContain('Workers Planned: 2')
  const { rows } = await trail.client.query(
    `select sum(brin_summarize_new_values(relid)) as left from pg_partition_tree('audit.event_xid_idx') where isleaf`,
  )
  expect(rows).toEqual([{ left: '0' }])
  expect(await trail.verify({ anchors: trail.published })).toMatchObject({ verdict: 'intact', findings: 0 })
})

test('where a month has no statistics, neither a seal nor its verification reads more of it than that seal covers', async () => {
  const wholeMonth = /Seq Scan on event_\d+_\d+/
  const before = await trail.seal()
  await trail.client.query(`insert into audit.event (op) select 'NOTE' from generate_series(1, 12000)`)
  const plan = await sealed()
  expect(plan).toMatch(/Bitmap Index Scan on event_\d+_\d+_xid_idx/)
  expect(plan).not.toMatch(wholeMonth)
  plans.length = 0
  expect(await trail.verify({ anchors: trail.published, since: before.sealNo })).toMatchObject({
    verdict: 'intact',
    events: 12000,
  })
  const reading = plans.filter((text) => text.includes('declare trail_events')).join('\n')
  expect(reading).toMatch(/Bitmap Index Scan on event_\d+_\d+_xid_idx/)
  expect(reading).not.toMatch(wholeMonth)
})

test('events hold in whatever order they lie, sorted here or, where they are many, by the server', async () => {
  for (let n = 0; n < 20; n += 1) await trail.change()
  await trail.seal()
  const { rows } = await trail.client.query<{ cluster: string }>(
    `select format('cluster %s using %I', i.indrelid::regclass, c.relname) as cluster
       from pg_partition_tree('audit.event_row_idx') t join pg_index i on i.indexrelid = t.relid join pg_class c on c.oid = t.relid where t.isleaf`,
  )
  for (const { cluster } of rows) await trail.client.query(cluster)
  for (const keptAtMost of [undefined, 0]) {
    expect(await trail.verify({ anchors: trail.published, keptAtMost })).toMatchObject({
      verdict: 'intact',
      findings: 0,
    })
  }
})

test('a seal over few takes none, and waits for nobody who looks after the table', async () => {
  await trail.change()
  expect(await sealed()).not.toContain('Workers Planned')
  await trail.client.query(`insert into audit.event (op) select 'NOTE' from generate_series(1, 12000)`)
  const vacuum = await trail.database.client()
  await vacuum.query(`begin; lock table audit.event in share update exclusive mode`)
  expect(await sealed()).toContain('Workers Planned: 2')
  await vacuum.query('rollback')
  expect(await trail.verify({ anchors: trail.published })).toMatchObject({ verdict: 'intact', findings: 0 })
})

test('more events than are verified at once: each belongs to its seal, also of a transaction that was open all the while', async () => {
  const late = await trail.database.client()
  await late.query(`begin; insert into item values (7001, 'late')`)
  await trail.client.query(`insert into audit.event (op) select 'NOTE' from generate_series(1, 100000)`)
  await trail.seal()
  await trail.change()
  await trail.seal()
  await late.query('commit')
  const last = await trail.seal()
  expect(await trail.verify({ anchors: trail.published })).toMatchObject({ verdict: 'intact', findings: 0 })
  await trail.attack(`update audit.event set row_pk = '7002' where row_pk = '7001'`)
  expect(await trail.verify({ anchors: trail.published })).toMatchObject({
    verdict: 'broken',
    firstBadSeal: last.sealNo,
  })
})

test('what is rare among changes of rows is found by an index of its own, by time', async () => {
  await trail.client.query(
    `insert into audit.event (op) select 'UPDATE' from generate_series(1, 20000);
     analyze audit.event; set client_min_messages = warning`,
  )
  for (const op of ['DDL', 'ACCESS']) {
    const { rows } = await trail.client.query<{ 'QUERY PLAN': string }>({
      text: `explain select * from public.audit_logs where op = $1 and ts > now() - interval '1 day' order by ts desc, id desc limit 100`,
      values: [op],
    })
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(
      /Index Scan Backward using event_\d+_\d+_op_ts_id_idx/,
    )
  }
})
