import { afterAll, beforeAll, expect, test } from 'vitest'
import { leafHash } from '../../src/main/audit/trail/merkle.ts'
import { readEvents } from '../../src/main/audit/trail/read-trail.ts'
import { createTrail, type Trail } from '../support/trail.ts'

let trail: Trail
beforeAll(async () => {
  trail = await createTrail()
})
afterAll(() => trail[Symbol.asyncDispose]())

/** All events as the console writes them, in a transaction of its own. */
const lines = async () => {
  await trail.client.query('begin')
  try {
    const found = []
    const all = readEvents(trail.client, [{ otherThan: '0' }], new AbortController().signal)
    for await (const events of all) found.push(...events)
    return found
  } finally {
    await trail.client.query('rollback')
  }
}

test('every day of the calendar is written as the server writes it', async () => {
  await trail.client.query(`
    insert into audit.event (op, tx_ts) select 'NOTE', day from generate_series('2095-01-01 UTC'::timestamptz, '2105-01-01', '1 day 01:01:01.000001') day`)
  const { rows } = await trail.client.query<{ line: string }>(
    'select audit.canonical(e) as line from audit.event e order by id',
  )
  expect((await lines()).map(({ line }) => line.toString())).toEqual(rows.map(({ line }) => line))
})

test('the console writes the line of any event byte for byte as seals hash it', async () => {
  await trail.client.query(`
    insert into audit.event (id, sysid, xid, tx_ts, op, schema_name, table_name, row_pk, old_row, new_row, actor, acting_role, backend_pid, client_addr, app, reason)
    overriding system value
    select row_number() over () + 9007199254740980, 9223372036854775807, -xid, tx_ts, 'NOTE', text, text, text, image, jsonb_build_array(text, image), coalesce(text, ''), 'ü', -pid, address, text || long, long
      from (values (1::bigint, timestamptz 'infinity', '"', 0, '::1'::inet),
                   (5000000000, '-infinity', E'back\\slash, \t\n\r\b\f\x01\x1f\x7f', 2147483647, '10.0.0.0/8'),
                   (9223372036854775807, '4713-01-01 00:00:00 BC', E'\u2028 😀 Ä', 1, null),
                   (3, '0044-03-15 11:59:59.999999 BC', '', 1, null),
                   (3, '0001-02-28 23:59:59.5 BC', ' ', 1, null),
                   (3, '0001-01-01 00:00', '/', 1, null),
                   (3, '1582-10-10 12:00', '\\"', 1, null),
                   (3, '1969-12-31 23:59:59.999999', null, 1, null),
                   (3, '2000-02-29 00:00:00.000001', 'null', 1, null),
                   (3, '2100-03-01', E'only a \\\\', 1, null),
                   (3, '12026-12-31 23:00:00.1', E'only \\x1f', 1, null),
                   (3, '294276-12-31 23:59:59.999999', 'x', 1, null)) v (xid, tx_ts, text, pid, address)
     cross join (values ('', null::jsonb), ('a "" is written with more bytes' || repeat(E'"\\n', 80000), '{}'), (repeat('ä', 150000), '{"a\\u0001\\"": [1.50, -0.0, 1e400, null, "\\u2028é"]}')) more (long, image)`)
  const found = await lines()
  // What would look like something else is told apart: networks from addresses, years before Christ from those after.
  const { rows } = await trail.client.query<{ line: string }>(`
    select replace(case when tx_ts < '0001-01-01 UTC' and isfinite(tx_ts) then regexp_replace(line, '(", ")(\\d{4}-[^"]*Z", "NOTE")', '\\1-\\2') else line end,
                   '"10.0.0.0"', '"10.0.0.0/8"') as line
      from (select id, tx_ts, audit.canonical(e) as line from audit.event e) lines order by id`)
  expect(found.map(({ line }) => line.toString())).toEqual(rows.map(({ line }) => line))
  expect(found.every(({ leaf, line }) => leaf.equals(leafHash(line)))).toBe(true)
  expect(found.length).toBeGreaterThan(36)
})

test('a column of another type is refused, and not read for something else', async () => {
  await trail.client.query(`
    begin;
    alter event trigger audit_ddl disable;
    alter event trigger audit_partitions disable;
    alter table audit.event rename to event_as_it_was;
    create table audit.event as select * from audit.event_as_it_was;
    alter table audit.event alter app type varchar`)
  const reading = (async () => {
    for await (const _ of readEvents(trail.client, [{ otherThan: '0' }], new AbortController().signal)) {
      // Nothing comes.
    }
  })()
  await expect(reading).rejects.toMatchObject({ code: 'CONFLICT' })
  await trail.client.query('rollback')
})
