import { expect, test } from 'vitest'
import { createTrail } from '../support/trail.ts'

const writers = 16
const transactions = 40

/** One transaction of a writer: rows, a savepoint that may be undone, a pause, and an end of either kind. */
const work = (writer: number, at: number): string => {
  const id = 100_000 + writer * 1000 + at * 3
  const kind = (writer * 7 + at * 13) % 10
  return `
    begin;
    insert into item values (${id}, 'a');
    savepoint one;
    insert into item values (${id + 1}, 'b');
    update item set name = name || '.' where id between ${id} and ${id + 1};
    ${kind < 4 ? 'rollback to savepoint one;' : ''}
    select pg_sleep(${kind * 0.01});
    ${kind === 5 ? 'rollback' : 'commit'};`
}

test('sixteen writers with savepoints, pauses and rollbacks, sealed all the while: each event once, and nobody waits for a seal', async () => {
  await using trail = await createTrail()
  let writing = true
  const seals: number[] = []
  const waits: unknown[] = []
  const sealer = await trail.database.client()
  const watcher = await trail.database.client()
  const { rows: pids } = await sealer.query('select pg_backend_pid() as pid')

  const sealing = (async () => {
    while (writing) {
      const { rows } = await sealer.query('select n::int from audit.seal()')
      seals.push(rows[0].n)
      await sealer.query('select pg_sleep(0.1)')
    }
  })()
  const watching = (async () => {
    while (writing) {
      const { rows } = await watcher.query(
        `select pid from pg_stat_activity where $1 = any (pg_blocking_pids(pid))`,
        [pids[0].pid],
      )
      waits.push(...rows)
      await watcher.query('select pg_sleep(0.01)')
    }
  })()
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const client = await trail.database.client()
      for (let at = 0; at < transactions; at += 1) await client.query(work(writer, at))
    }),
  )
  writing = false
  await Promise.all([sealing, watching])
  await trail.seal()

  expect(waits).toEqual([])
  expect(seals.filter((n) => n > 0).length).toBeGreaterThan(2)
  const { rows } = await trail.client.query(
    `select (select count(*)::int from audit.event) as events, (select sum(n)::int from audit.seal) as sealed,
            (select count(*)::int from item where id >= 100000) as rows,
            (select count(*)::int from audit.event where op = 'INSERT' and row_pk::int >= 100000) as inserts`,
  )
  expect(rows[0].sealed).toBe(rows[0].events)
  expect(rows[0].inserts).toBe(rows[0].rows)
  expect(await trail.verify()).toMatchObject({
    verdict: 'intact',
    tail: { events: 0 },
    events: rows[0].events,
  })
}, 120_000)
