import { ConsoleError } from '../../shared/errors.ts'
import type { MigrationFile } from './files.ts'
import { prefixSum, progressSum } from './ledger.ts'
import { assertRunnable } from './runnable.ts'
import { type SqlStatement, splitStatements } from './statements.ts'
import type { Step } from './steps.ts'

/** A step whose file was cut and found fit to run. */
export type PreparedStep = Step & {
  /** `0003_plants.up.sql`. */
  fileName: string
  statements: SqlStatement[]
  /** Sum over all files up to this one. */
  prefixSum: string
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

const prepareStep = async (files: readonly MigrationFile[], step: Step): Promise<PreparedStep> => {
  const { file, direction, script, resume } = step
  const fileName = `${file.name}.${direction}.sql`
  const statements = await splitStatements(script.sql)
  if (direction === 'up' && statements.length === 0) {
    throw new ConsoleError('INVALID_SQL', `${fileName} holds no statement.`, 'Write what it shall do.')
  }
  assertRunnable(fileName, statements, script.transactional)
  if (resume !== null) assertGoesOn(fileName, { script, resume }, statements)
  return { ...step, fileName, statements, prefixSum: prefixSum(files, file.version) }
}

/** Cuts the files, and refuses what cannot run or cannot go on. Nothing is run. */
export const prepareSteps = async (
  files: readonly MigrationFile[],
  steps: readonly Step[],
): Promise<PreparedStep[]> => {
  const prepared: PreparedStep[] = []
  for (const step of steps) prepared.push(await prepareStep(files, step))
  return prepared
}
