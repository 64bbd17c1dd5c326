import type { MigrationsStatus } from '../../../shared/migrations.ts'
import { exitCodes } from './exit-codes.ts'
import { withMigrations } from './migration-session.ts'
import { commonOptions, parseWords } from './words.ts'

const lines = ({ folder, current, migrations, problems, refusal, lockedBy, runsAs }: MigrationsStatus) => [
  `At ${current ?? 'no version'}. Files: ${folder}`,
  ...migrations.map(({ name, state, appliedBy, halfDone }) =>
    [
      state.padEnd(12),
      name,
      ...(halfDone === null
        ? []
        : [
            `(${halfDone.direction}: ${halfDone.done} of ${halfDone.statements} statements done${halfDone.unclear ? ', how the next one ended was not seen' : ''})`,
          ]),
      ...(appliedBy === null ? [] : [`${appliedBy.direction} ${appliedBy.startedAt} by ${appliedBy.actor}`]),
    ].join('  '),
  ),
  ...problems.map((problem) => `Problem: ${problem}`),
  ...(lockedBy === null ? [] : [`Running now: backend ${lockedBy.pid} of user "${lockedBy.user ?? ''}".`]),
  refusal === null ? `Migrations run as ${runsAs}.` : `Cannot apply here: ${refusal}`,
]

/** What `status` ends with. */
const exitCode = ({ problems, migrations }: MigrationsStatus): number => {
  if (problems.length > 0) return exitCodes.checksumMismatch
  return migrations.some(({ state }) => state !== 'applied') ? exitCodes.pending : exitCodes.clean
}

/** `migrate status`: which migrations are in the database, and which are not. */
export const status = async (words: string[]): Promise<number> => {
  const { values } = parseWords(words, commonOptions)
  return withMigrations(values, async ({ migrations, signal }) => {
    const seen = await migrations.status(null, signal)
    console.log(values.json ? JSON.stringify(seen) : lines(seen).join('\n'))
    return exitCode(seen)
  })
}
