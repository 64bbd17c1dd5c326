import type { MigrationPlan } from '../../shared/migrations.ts'
import { databaseError } from '../session/database-errors.ts'
import type { Session } from '../session/session.ts'
import { newTag } from '../session/tag.ts'
import { type Ask, askOn } from './ask.ts'
import type { MigrationFile } from './files.ts'
import { gateMigrations } from './gate/gate.ts'
import { assertUnchanged, filesThrough, folderSum, type Ledger } from './ledger.ts'
import { withMigrationLink } from './migrator.ts'
import { pinSession } from './pin.ts'
import { type PreparedStep, prepareSteps } from './prepare.ts'
import { unclearStatement } from './run-one-by-one.ts'
import { planSteps, type Wanted } from './steps.ts'

/** Milliseconds. */
const lockTimeout = 1000

const findUnclear = async (ask: Ask, steps: readonly PreparedStep[]): Promise<MigrationPlan['unclear']> => {
  for (const step of steps) {
    const statement = await unclearStatement(ask, step)
    if (statement !== null) return { version: step.file.version, line: statement.line, sql: statement.sql }
  }
  return null
}

/** What would run, in its order, and what each statement would do. Fails with `CHECKSUM_MISMATCH`, and as `planSteps` does. */
export const planMigrations = async (
  session: Pick<Session, 'openConnection' | 'control'>,
  { files, ledger, runsAs }: { files: readonly MigrationFile[]; ledger: Ledger; runsAs: string },
  wanted: Wanted,
  signal: AbortSignal,
): Promise<MigrationPlan> => {
  assertUnchanged(ledger)
  const steps = await prepareSteps(files, planSteps(ledger, wanted))
  return withMigrationLink(session, signal, async ({ client, context, destroy }) => {
    const abort = () => destroy()
    signal.addEventListener('abort', abort)
    try {
      await pinSession(client, { role: runsAs, lockTimeout })
      await client.query(`${newTag()} set default_transaction_read_only = on`)
      const unclear = await findUnclear(askOn(client), steps)
      const gated = await gateMigrations(client, steps, signal)
      const migrations = gated.map((migration) => ({
        ...migration,
        filesSum: folderSum(filesThrough(files, migration.version)),
      }))
      return { direction: wanted.direction, migrations, unclear }
    } catch (error) {
      throw databaseError(signal.aborted ? signal.reason : error, context)
    } finally {
      signal.removeEventListener('abort', abort)
    }
  })
}
