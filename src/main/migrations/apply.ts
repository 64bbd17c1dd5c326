import { ConsoleError } from '../../shared/errors.ts'
import type { MigrationRun } from '../../shared/migrations.ts'
import type { JobContext } from '../session/jobs.ts'
import type { MigrationFile } from './files.ts'
import { readHistory } from './history.ts'
import { assertUnchanged, prefixSum, progressSum, readLedger } from './ledger.ts'
import { withMigrator } from './migrator.ts'
import { type PreparedStep, type RunOptions, runStep } from './run-step.ts'
import { assertRunnable } from './runnable.ts'
import type { MigrationLink } from './send.ts'
import { splitStatements } from './statements.ts'
import { planSteps, type Step, type Wanted } from './steps.ts'

/** What an apply came to. */
export type Applied = { runs: MigrationRun[]; current: string | null }

/** Cuts a file, and refuses what cannot run or cannot go on. Nothing is run. */
const prepare = async (files: readonly MigrationFile[], step: Step): Promise<PreparedStep> => {
  const { file, direction, script, resume } = step
  const fileName = `${file.name}.${direction}.sql`
  const statements = await splitStatements(script.sql)
  assertRunnable(fileName, statements, script.transactional)
  if (resume !== null) assertGoesOn(fileName, { script, resume }, statements)
  return { ...step, fileName, statements, prefixSum: prefixSum(files, file.version) }
}

const assertGoesOn = (
  fileName: string,
  { script, resume }: Pick<Step, 'script'> & { resume: NonNullable<Step['resume']> },
  statements: PreparedStep['statements'],
): void => {
  if (script.transactional) {
    throw new ConsoleError(
      'CHECKSUM_MISMATCH',
      `${fileName} is half done without a transaction, and asks for one now.`,
      'Put the line "-- no-transaction" back.',
    )
  }
  if (progressSum(statements.slice(0, resume.statementsBegun)) !== resume.progressSum) {
    throw new ConsoleError(
      'CHECKSUM_MISMATCH',
      `${fileName} is half done, and one of the statements that were run was changed since.`,
      'Restore them as they were. What comes after them may be changed.',
    )
  }
}

/** What a person saw must be what runs: the history may have moved on, and the files may have changed. */
const assertAsPlanned = (steps: readonly Step[], checksums: readonly string[]): void => {
  const now = steps.map(({ script }) => script.checksum)
  if (now.length === checksums.length && now.every((checksum, index) => checksum === checksums[index])) return
  throw new ConsoleError(
    'CONFLICT',
    'What would run now is not what was planned: a file was changed, or somebody else migrated meanwhile.',
    'Look at the plan again. Nothing was run.',
  )
}

export type ApplyOptions = RunOptions &
  Wanted & {
    /** Of the plan that was seen; null: nobody looked. */
    checksums: readonly string[] | null
  }

/**
 * Brings a database to where it is wanted, alone, one file after the other. Stops at the first that fails: those before it stay.
 * Fails with `ConsoleError`.
 */
export const applyMigrations = (
  link: MigrationLink,
  files: readonly MigrationFile[],
  options: ApplyOptions,
  context: JobContext,
): Promise<Applied> =>
  withMigrator(link, options.lockTimeout, async (migrator) => {
    const ledger = readLedger(files, await readHistory(migrator.ask))
    assertUnchanged(ledger)
    const planned = planSteps(ledger, options)
    if (options.checksums !== null) assertAsPlanned(planned, options.checksums)
    const steps: PreparedStep[] = []
    for (const step of planned) steps.push(await prepare(files, step))

    const total = steps.reduce((sum, { statements }) => sum + statements.length, 0)
    const runs: MigrationRun[] = []
    let before = 0
    for (const step of steps) {
      const onStatement = (index: number | null) =>
        context.report({
          done: before + (index ?? step.statements.length),
          total,
          unit: 'statements',
          what: step.fileName,
        })
      runs.push(await runStep({ migrator, step, options, context, onStatement }))
      before += step.statements.length
    }
    return { runs, current: readLedger(files, await readHistory(migrator.ask)).current }
  })
