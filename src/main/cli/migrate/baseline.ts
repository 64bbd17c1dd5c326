import { migrationsRunOutput } from '../../../shared/migrations.ts'
import { exitCodes } from './exit-codes.ts'
import { followJob } from './follow-job.ts'
import { withMigrations } from './migration-session.ts'
import { commonOptions, parseWords, reasonOf, toOption, versionOf } from './words.ts'

/** `migrate baseline`: writes down that files are in the database already. Runs none of them. */
export const baseline = async (words: string[]): Promise<number> => {
  const { values } = parseWords(words, { ...commonOptions, ...toOption, reason: { type: 'string' } })
  const input = { to: versionOf(values.to), reason: reasonOf(values.reason) }
  return withMigrations(values, async ({ session, migrations, signal }) => {
    const outcome = await followJob(session, await migrations.baseline(input), signal)
    const { runs, current } = migrationsRunOutput.parse(outcome)
    console.log(
      values.json
        ? JSON.stringify({ runs, current })
        : `The history is at ${current ?? 'no version'}: ${runs.length} migrations were written down and not run here.`,
    )
    return exitCodes.clean
  })
}
