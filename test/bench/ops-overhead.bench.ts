import { readFileSync } from 'node:fs'
import type pg from 'pg'
import { createOperations } from '../../src/main/operations/operations.ts'
import { probes } from '../../src/main/operations/probes.ts'
import { createDatabase, launchServer, type ServerAddress, type TestDatabase } from '../support/postgres.ts'
import { noAbort, openTestSession } from '../support/session.ts'
import { type Figure, type Measurement, median, milliseconds } from './figure.ts'

const shareLimit = 0.01
const slowestLimit = 250
const rounds = 40
const [tables, sessions, lockers] = [10_000, 500, 5]

/** Milliseconds of CPU that a backend took so far; the system counts in hundredths of a second. */
const cpuOf = (pid: number): number => {
  // The second field is a name in parentheses, which may hold blanks.
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(/\) /)
  const fields = rest.split(' ')
  return 10 * (Number(fields[11]) + Number(fields[12]))
}

type Load = {
  /** CPU of the server for all live probes, as a share of one core, when each is asked at its own pace. */
  share: number
  slowest: { id: string; time: number }
  locks: number
}

const live = probes.filter(({ cadence }) => cadence === 'live')

const measure = async (database: TestDatabase, watcher: pg.Client): Promise<Load> => {
  await using session = await openTestSession(database)
  const operations = createOperations(session)
  const run = async (ids: readonly string[]) =>
    (await operations.run({ ids: [...ids], thresholds: {} }, noAbort())).reports
  const pids = async (): Promise<number[]> => {
    const { rows } = await watcher.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name like 'viruj-console%' and datname = current_database()`,
    )
    return rows.map(({ pid }) => pid)
  }
  let share = 0
  for (const { id, interval } of live) {
    await run([id])
    const backends = await pids()
    const before = backends.reduce((sum, pid) => sum + cpuOf(pid), 0)
    for (let round = 0; round < rounds; round += 1) await run([id])
    const taken = backends.reduce((sum, pid) => sum + cpuOf(pid), 0) - before
    share += taken / rounds / (1000 * interval)
  }
  const slowest = { id: '', time: 0 }
  for (const { id } of probes) {
    const times: number[] = []
    for (let round = 0; round < 5; round += 1) {
      const [report] = await run([id])
      if (report !== undefined) times.push(report.milliseconds)
    }
    const time = median(times)
    if (time > slowest.time) Object.assign(slowest, { id, time })
  }
  const { rows } = await watcher.query<{ n: number }>('select count(*)::int as n from pg_locks')
  return { share, slowest, locks: rows[0]?.n ?? 0 }
}

const makeTables = async (client: pg.Client): Promise<void> => {
  for (let first = 1; first <= tables; first += 1000) {
    await client.query(
      Array.from(
        { length: 1000 },
        (_, n) => `create table t${first + n} (id int primary key, note text, at timestamptz default now());`,
      ).join(''),
    )
  }
  await client.query('analyze')
}

/** Sessions of which some hold a lock on every table and one waits for another. */
const crowd = async (database: TestDatabase): Promise<pg.Client[]> => {
  const clients: pg.Client[] = []
  for (let n = 0; n < sessions; n += 1) clients.push(await database.client())
  for (const client of clients.slice(0, lockers)) {
    await client.query('begin')
    for (let first = 1; first <= tables; first += 1000) {
      const names = Array.from({ length: 1000 }, (_, n) => `t${first + n}`).join(', ')
      await client.query(`lock table ${names} in access share mode`)
    }
  }
  clients[lockers]?.query('lock table t1 in access exclusive mode').catch(() => undefined)
  return clients
}

const lineOf = (what: string, { share, slowest, locks }: Load): Measurement => ({
  what: `${what}, ${locks.toLocaleString('en')} lock rows`,
  measured: `${(100 * share).toFixed(2)} % of a core; slowest ${slowest.id} ${milliseconds(slowest.time)}`,
  peer: null,
  ratio: null,
  holds: share <= shareLimit && slowest.time <= slowestLimit,
})

const withDatabase = async (address: ServerAddress): Promise<Measurement[]> => {
  await using database = await createDatabase({ on: address })
  const watcher = await database.client()
  const empty = await measure(database, watcher)
  await makeTables(watcher)
  const wide = await measure(database, watcher)
  const clients = await crowd(database)
  try {
    const crowded = await measure(database, watcher)
    return [
      lineOf('all live probes at their pace, an empty database', empty),
      lineOf(`the same with ${tables.toLocaleString('en')} tables`, wide),
      lineOf(`the same with ${sessions} sessions`, crowded),
    ]
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)))
  }
}

export const figure: Figure = {
  id: 'ops-overhead',
  limit: `<= ${100 * shareLimit} % of a core; <= ${slowestLimit} ms`,
  async run(stand) {
    await using server = await launchServer(stand.folder, {
      settings: { max_connections: 560, max_locks_per_transaction: 256, shared_buffers: '512MB' },
    })
    // Awaited here: the server goes away with this block.
    return await withDatabase(server.address)
  },
}
