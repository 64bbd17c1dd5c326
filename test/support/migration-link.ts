import type pg from 'pg'
import { applyMigrations } from '../../src/main/migrations/apply.ts'
import { askOn } from '../../src/main/migrations/ask.ts'
import type { MigrationFile } from '../../src/main/migrations/files.ts'
import { readHistory } from '../../src/main/migrations/history.ts'
import { type Ledger, readLedger } from '../../src/main/migrations/ledger.ts'
import type { MigrationLink } from '../../src/main/migrations/send.ts'
import type { MigrationPlan } from '../../src/shared/migrations.ts'
import { noAbort } from './session.ts'

/** The runner's way to the server over a test's own client. */
export const linkOver = (client: pg.Client): MigrationLink => ({
  client,
  context: { host: { host: '127.0.0.1', port: client.port }, database: '', user: '', role: null },
  cancel: async () => undefined,
  holders: async () => [],
  destroy: () => undefined,
})

/** Runs the files over a client, without plan or session. */
export const applyOver = (
  client: pg.Client,
  files: readonly MigrationFile[],
  direction: MigrationPlan['direction'] = 'up',
  to: string | null = null,
) =>
  applyMigrations(
    linkOver(client),
    files,
    { direction, to, reason: 'a test', lockTimeout: 3000, lockRetries: 0, unclear: null, approval: null },
    { signal: noAbort(), report: () => undefined, log: () => undefined },
  )

export const ledgerOver = async (client: pg.Client, files: readonly MigrationFile[]): Promise<Ledger> =>
  readLedger(files, await readHistory(askOn(client)))

/**
 * The same client, which `kill`s once the `count`th message that `counts`, since the first run began, was answered: nobody hears that answer, and
 * whatever is sent afterwards fails. `reached` tells whether it came so far.
 */
export const killedAfter = (
  client: pg.Client,
  { count, counts }: { count: number; counts: RegExp },
  kill: () => Promise<void>,
) => {
  let answered = 0
  let hasBegun = false
  let isDead = false
  const query = async (...words: unknown[]): Promise<unknown> => {
    if (isDead) throw new Error('The connection is gone.')
    const [message] = words
    const text = typeof message === 'string' ? message : JSON.stringify(message)
    hasBegun ||= text.includes('insert into viruj_console.migration_history')
    const answer: unknown = await Reflect.apply(client.query, client, words)
    if (!hasBegun || !counts.test(text) || ++answered < count) return answer
    isDead = true
    await kill()
    throw new Error('The connection is gone.')
  }
  const mortal = new Proxy(client, {
    get: (target, key) => (key === 'query' ? query : Reflect.get(target, key, target)),
  })
  return { mortal, reached: () => isDead }
}
