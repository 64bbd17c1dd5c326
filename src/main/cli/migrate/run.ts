import { type MigrationPlan, migrationsRunOutput } from '../../../shared/migrations.ts'
import { usageError } from '../../api/start-options.ts'
import { consent } from './consent.ts'
import { exitCodes } from './exit-codes.ts'
import { followJob } from './follow-job.ts'
import { withMigrations } from './migration-session.ts'
import { commonOptions, millisecondsOf, parseWords, reasonOf, toOption, versionOf } from './words.ts'

const options = {
  ...commonOptions,
  ...toOption,
  reason: { type: 'string' },
  yes: { type: 'boolean', default: false },
  destroy: { type: 'string', multiple: true, default: [] as string[] },
  'lock-timeout': { type: 'string', default: '3s' },
  'lock-retries': { type: 'string', default: '5' },
  unclear: { type: 'string' },
} as const

const retriesOf = (text: string): number => {
  const retries = Number(text)
  if (/^[0-9]{1,3}$/.test(text) && retries <= 100) return retries
  throw usageError(`--lock-retries takes a whole number from 0 to 100, not "${text}".`)
}

const unclearOf = (word: string | undefined): 'again' | 'done' | null => {
  if (word === undefined) return null
  if (word === 'again' || word === 'done') return word
  throw usageError(`--unclear takes again or done, not "${word}".`)
}

const verbs = { up: 'Applied', down: 'Taken back', redo: 'Taken back and applied again' }

/** `migrate up`, `down` and `redo`: runs what is planned, each file with its row in the history. */
export const run =
  (direction: MigrationPlan['direction']) =>
  async (words: string[]): Promise<number> => {
    const { values } = parseWords(words, options)
    const input = {
      direction,
      to: versionOf(values.to),
      reason: reasonOf(values.reason),
      lockTimeout: millisecondsOf('lock-timeout', values['lock-timeout'], 3_600_000),
      lockRetries: retriesOf(values['lock-retries']),
      unclear: unclearOf(values.unclear),
    }
    return withMigrations(values, async ({ session, migrations, signal }) => {
      session.assertMayWrite()
      const plan = await migrations.plan(input, signal)
      const isNothing = plan.migrations.length === 0
      const confirmed = isNothing ? [] : await consent(plan, values, signal)
      const job = isNothing
        ? null
        : await migrations.run({
            ...input,
            confirmed,
            checksums: plan.migrations.map(({ checksum }) => checksum),
          })
      const { runs, current } =
        job === null
          ? { runs: [], current: (await migrations.status(null, signal)).current }
          : migrationsRunOutput.parse(await followJob(session, job, signal))
      console.log(
        values.json
          ? JSON.stringify({ runs, current })
          : [
              runs.length === 0
                ? 'There is nothing to run.'
                : `${verbs[direction]}: ${runs.map(({ name }) => name).join(', ')}.`,
              `The database is at ${current ?? 'no version'}.`,
            ].join(' '),
      )
      return exitCodes.clean
    })
  }
