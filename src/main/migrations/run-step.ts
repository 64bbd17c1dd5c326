import { cancelled } from '../../shared/errors.ts'
import type { MigrationRun } from '../../shared/migrations.ts'
import type { JobContext } from '../session/jobs.ts'
import type { Ask } from './ask.ts'
import { migrationFailure } from './failure.ts'
import { beginRun, endRunFailed, readRun, toRun } from './history.ts'
import { indexBuildOf, indexState } from './index-build.ts'
import { beginAfresh, type Migrator } from './migrator.ts'
import type { PreparedStep } from './prepare.ts'
import { runInTransaction } from './run-in-transaction.ts'
import { markDone, runOneByOne, takeUp } from './run-one-by-one.ts'
import { StatementFailure } from './send.ts'
import type { SqlStatement } from './statements.ts'

export type RunOptions = {
  reason: string
  /** Milliseconds. */
  lockTimeout: number
  lockRetries: number
  unclear: 'again' | 'done' | null
}

/** What running one step needs. */
export type StepRun = {
  migrator: Migrator
  step: PreparedStep
  /** Id of its row in the history. */
  id: string
  options: RunOptions
  context: Pick<JobContext, 'signal' | 'log'>
  /** Hears which statement is about to be run, from 0; null: all of them are. */
  onStatement(index: number | null): void
}

/** Runs one file and returns its row in the history, which is there whatever happens. Fails with `ConsoleError`. */
export const runStep = async ({
  migrator,
  step,
  options,
  context,
  onStatement,
}: Omit<StepRun, 'id'>): Promise<MigrationRun> => {
  const { client } = migrator.link
  const { resume } = step
  await beginAfresh(migrator, options.lockTimeout)
  const start = step.script.transactional ? null : await takeUp(migrator.ask, step, options.unclear)
  const id = await beginRun(client, {
    version: step.file.version,
    name: step.file.name,
    direction: step.direction,
    reason: options.reason,
    checksum: step.script.checksum,
    prefixSum: step.prefixSum,
    statements: step.statements.length,
    statementsBegun: resume?.statementsBegun ?? 0,
    statementsDone: resume?.statementsDone ?? 0,
    progressSum: resume?.progressSum ?? null,
  })
  let at: number | null = null
  const run: StepRun = {
    migrator,
    step,
    id,
    options,
    context,
    onStatement: (index) => {
      if (context.signal.aborted) throw cancelled('The migration')
      at = index
      onStatement(index)
    },
  }
  try {
    if (start === null) await runInTransaction(run)
    else await runOneByOne(run, start)
  } catch (error) {
    throw await recordFailure(run, error, at)
  }
  const ended = toRun(await readRun(client, id))
  context.log(
    `${step.file.name} ${step.direction === 'up' ? 'applied' : 'taken back'} in ${ended.milliseconds ?? 0} ms.`,
  )
  return ended
}

/** Whether a statement that failed can be sent again as if it had never been. */
const leavesNothing = async (ask: Ask, statement: SqlStatement, error: unknown): Promise<boolean> => {
  if (!(error instanceof StatementFailure) || error.sqlstate === null) return false
  const build = indexBuildOf(statement)
  const wasThereBefore = error.sqlstate === '42P07'
  return build === null || wasThereBefore || (await indexState(ask, build)) !== 'invalid'
}

const recordFailure = async (run: StepRun, error: unknown, at: number | null): Promise<Error> => {
  const { migrator, step, id } = run
  const { client, context } = migrator.link
  const statement = at === null ? undefined : step.statements[at]
  const extra = error instanceof StatementFailure ? error.lines : 0
  const place = statement === undefined ? step.fileName : `${step.fileName}, line ${statement.line + extra}`
  // Where the connection is gone nothing can be asked or written: the row stays as it is, and the next runner finds it so.
  const row = await readRun(client, id).catch(() => null)
  const done = row?.statementsDone ?? 0
  const failure = migrationFailure(error, {
    context,
    place,
    left: leftBehind(step, row === null ? null : done),
  })
  if (row !== null) {
    try {
      const isSettled = statement === undefined || (await leavesNothing(migrator.ask, statement, error))
      if (row.statementsBegun > done && isSettled) await markDone(run, done)
      await endRunFailed(client, id, failure.message)
    } catch {
      // The failure itself is what has to be told. Its row is found by the next runner as it stands.
    }
  }
  return failure
}

const leftBehind = ({ script, direction, statements }: PreparedStep, done: number | null): string => {
  if (done === null) {
    return script.transactional
      ? 'The database keeps all of this file or nothing, and the history says which: see "viruj-console migrate status".'
      : 'The history says how far it came: see "viruj-console migrate status".'
  }
  return script.transactional || done === 0
    ? 'Nothing of this file was kept.'
    : `${done} of its ${statements.length} statements are done; "viruj-console migrate ${direction}" goes on from there.`
}
