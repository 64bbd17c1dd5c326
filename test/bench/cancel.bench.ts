import type pg from 'pg'
import { type Figure, median, milliseconds } from './figure.ts'
import { type Host, openHost } from './host.ts'

const limit = 100
const rounds = 7

/** Statements that do not end by themselves: one that waits, one that computes. */
const endless = {
  pg_sleep: 'select pg_sleep(600)::text as value',
  'CPU-bound':
    'select (a + b)::text as value from generate_series(1, 1000000) a, generate_series(1, 1000000) b',
}

/** Waits, asking again and again without a pause, until as many backends as that work on the view. */
const untilRunning = async (watcher: pg.Client, view: string, backends: number): Promise<void> => {
  const deadline = performance.now() + 20_000
  for (;;) {
    const { rows } = await watcher.query(
      `select count(*)::int as n from pg_stat_activity
        where state = 'active' and pid <> pg_backend_pid() and position($1 in query) > 0`,
      [view],
    )
    if (rows[0].n === backends) return
    if (performance.now() > deadline) throw new Error(`${view}: ${rows[0].n} backends work on it.`)
  }
}

/** From giving a request up in the page to a backend that no longer works on it. */
const cancelOnce = async (host: Host, watcher: pg.Client, view: { name: string; oid: string }) => {
  const leaving = new AbortController()
  const counted = host.count(view.oid, leaving.signal).catch((error: unknown) => error)
  await untilRunning(watcher, view.name, 1)
  const given = performance.now()
  leaving.abort()
  await untilRunning(watcher, view.name, 0)
  const took = performance.now() - given
  await counted
  return took
}

export const figure: Figure = {
  id: 'cancel',
  limit: `<= ${limit} ms + 1 RTT`,
  async run(stand) {
    const database = await stand.database()
    const watcher = await database.client()
    await using host = await openHost(database)
    const measurements = []
    for (const [what, statement] of Object.entries(endless)) {
      const name = `endless_${what.replaceAll(/\W/g, '_').toLowerCase()}`
      await watcher.query(`create or replace view public.${name} as ${statement}`)
      const { rows } = await watcher.query('select $1::regclass::oid::text as oid', [`public.${name}`])
      const times: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        times.push(await cancelOnce(host, watcher, { name, oid: rows[0].oid }))
      }
      const took = median(times)
      measurements.push({
        what,
        measured: `${milliseconds(took)} (worst ${milliseconds(Math.max(...times))})`,
        peer: null,
        ratio: null,
        holds: took <= limit,
      })
    }
    return measurements
  },
}
