import { ConsoleError } from '../../shared/errors.ts'
import type { MigrationRun } from '../../shared/migrations.ts'
import type { JobContext } from '../session/jobs.ts'
import { become } from './acting-role.ts'
import type { MigrationFile } from './files.ts'
import { namesToConfirm } from './gate/gate.ts'
import { readHistory } from './history.ts'
import { assertUnchanged, readLedger } from './ledger.ts'
import { type Migrator, withMigrator } from './migrator.ts'
import { type PreparedStep, prepareSteps } from './prepare.ts'
import { type RunOptions, runStep } from './run-step.ts'
import type { MigrationLink } from './send.ts'
import { planSteps, type Step, type Wanted } from './steps.ts'

/** What an apply came to. */
export type Applied = { runs: MigrationRun[]; current: string | null }

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

type Approval = {
  /** Checksums of the plan that was seen. */
  checksums: readonly string[]
  /** Names of objects that were typed. */
  confirmed: readonly string[]
}

export type ApplyOptions = RunOptions &
  Wanted & {
    /** What the person saw and typed; null: nobody looked, which is for databases that hold nothing yet. */
    approval: Approval | null
  }

/** Whatever takes data away was typed by its name. */
const assertConfirmed = async (
  { link, role }: Migrator,
  steps: readonly PreparedStep[],
  confirmed: readonly string[],
  signal: AbortSignal,
): Promise<void> => {
  await become(link.client, role)
  const names = await namesToConfirm(link.client, steps, signal)
  const missing = names.filter((name) => !confirmed.includes(name))
  if (missing.length === 0) return
  throw new ConsoleError(
    'CONFIRMATION_REQUIRED',
    `What would run takes away ${missing.join(', ')}.`,
    'Type each of these names, exactly as it is written, if that is meant. Nothing was run.',
  )
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
    const { approval } = options
    if (approval !== null) assertAsPlanned(planned, approval.checksums)
    const steps = await prepareSteps(files, planned)
    if (approval !== null) await assertConfirmed(migrator, steps, approval.confirmed, context.signal)

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
