import { ConsoleError } from '../../shared/errors.ts'
import { newTag } from '../session/tag.ts'
import type { Ask } from './ask.ts'
import { endRunDone, markProgress } from './history.ts'
import { dropOfInvalid, indexBuildOf, indexState } from './index-build.ts'
import { progressSum } from './ledger.ts'
import { assertStillLocked } from './lock.ts'
import { retryingLocks } from './lock-retries.ts'
import type { PreparedStep } from './prepare.ts'
import type { RunOptions, StepRun } from './run-step.ts'
import { sendStatement } from './send.ts'
import { standsAlone } from './stands-alone.ts'
import type { SqlStatement } from './statements.ts'
import { whereabouts } from './whereabouts.ts'

/** Where a run without a transaction begins. */
export type Start = {
  /** Statement to begin with, from 0. */
  index: number
  /** It was sent before: what is left of that attempt is ours to take away. */
  sentBefore: boolean
  /** SQL that brings it to its end, in its place. */
  instead: string | null
}

/** Finds out where to go on. Fails with `CONFLICT` when nobody can know whether a statement is done. */
export const takeUp = async (
  ask: Ask,
  { resume, statements, fileName }: PreparedStep,
  unclear: RunOptions['unclear'],
): Promise<Start> => {
  const index = resume?.statementsDone ?? 0
  const statement = statements[index]
  if (resume === null || statement === undefined || !standsAlone(statement)) {
    return { index, sentBefore: false, instead: null }
  }
  const isUnclear = resume.statementsBegun > resume.statementsDone
  const found = await whereabouts(ask, statement)
  if (typeof found === 'object') return { index, sentBefore: true, instead: found.sql }
  if (!isUnclear) return { index, sentBefore: false, instead: null }
  const answer = found === 'unknown' ? unclear : found
  if (answer === 'done') return { index: index + 1, sentBefore: false, instead: null }
  if (answer === 'again') return { index, sentBefore: true, instead: null }
  throw new ConsoleError(
    'CONFLICT',
    `${fileName}, line ${statement.line}: the statement was sent, and how it ended was not seen.`,
    'Look whether it is done, then go on with --unclear done, or with --unclear again to run it once more.',
  )
}

/** The statement whose end was not seen, where nobody but a person can find out; null: there is none. */
export const unclearStatement = async (
  ask: Ask,
  { resume, statements }: Pick<PreparedStep, 'resume' | 'statements'>,
): Promise<SqlStatement | null> => {
  if (resume === null || resume.statementsBegun === resume.statementsDone) return null
  const statement = statements[resume.statementsDone]
  if (statement === undefined || !standsAlone(statement)) return null
  return (await whereabouts(ask, statement)) === 'unknown' ? statement : null
}

/** Runs a file statement by statement, each kept as soon as it is done, with how far it came beside it. */
export const runOneByOne = async (run: StepRun, start: Start): Promise<void> => {
  const { migrator, step, id } = run
  const { client } = migrator.link
  if (start.index > (step.resume?.statementsDone ?? 0)) await markDone(run, start.index)
  for (let index = start.index; index < step.statements.length; index++) {
    const statement = step.statements[index]
    if (statement === undefined) break
    run.onStatement(index)
    await assertStillLocked(client)
    const isFirst = index === start.index
    if (standsAlone(statement)) {
      await runAlone(run, index, statement, isFirst ? start : { sentBefore: false, instead: null })
      await markDone(run, index + 1)
    } else {
      await runWithMark(run, index, statement)
    }
  }
  run.onStatement(null)
  await endRunDone(client, id)
}

export const markDone = ({ migrator, step, id }: StepRun, done: number): Promise<void> =>
  markProgress(migrator.link.client, id, {
    begun: done,
    done,
    progress: progressSum(step.statements.slice(0, done)),
  })

const onRetry = ({ context, step, options }: StepRun, { line }: SqlStatement) => ({
  retries: options.lockRetries,
  signal: context.signal,
  onRetry: (retry: number) =>
    context.log(
      `${step.fileName}, line ${line}: waited in vain for a lock; retry ${retry} of ${options.lockRetries}.`,
    ),
})

/** One statement and the mark that it is done, in one transaction. */
const runWithMark = (run: StepRun, index: number, statement: SqlStatement): Promise<void> => {
  const { migrator, options, context } = run
  const { client } = migrator.link
  return retryingLocks(
    async () => {
      await client.query(`${newTag()} begin isolation level read committed read write`)
      try {
        await sendStatement(migrator.link, statement.sql, { ...context, lockTimeout: options.lockTimeout })
        await markDone(run, index + 1)
        await client.query(`${newTag()} commit`)
      } catch (error) {
        // Fails only on a connection that is gone, and its transaction with it.
        await client.query(`${newTag()} rollback`).catch(() => undefined)
        throw error
      }
    },
    onRetry(run, statement),
  )
}

/** A statement that refuses a transaction: first the mark that it is on its way, then the statement. */
const runAlone = async (
  run: StepRun,
  index: number,
  statement: SqlStatement,
  { sentBefore, instead }: Pick<Start, 'sentBefore' | 'instead'>,
): Promise<void> => {
  const { migrator, step, id, options, context } = run
  const { link, ask } = migrator
  const build = indexBuildOf(statement)
  const isOurs = build !== null && (sentBefore || (await indexState(ask, build)) === 'absent')
  await markProgress(link.client, id, {
    begun: index + 1,
    done: index,
    progress: progressSum(step.statements.slice(0, index + 1)),
  })
  const send = (sql: string) =>
    sendStatement(link, sql, { signal: context.signal, lockTimeout: options.lockTimeout })
  const dropInvalid = async () => {
    const drop = isOurs ? await dropOfInvalid(ask, build) : null
    if (drop !== null) await send(drop)
  }
  await retryingLocks(
    async () => {
      try {
        await dropInvalid()
        await send(instead ?? statement.sql)
      } catch (error) {
        // Where this fails, too, the index is found by whoever goes on.
        await dropInvalid().catch(() => undefined)
        throw error
      }
    },
    onRetry(run, statement),
  )
  if (build !== null && (await indexState(ask, build)) === 'invalid') {
    throw new ConsoleError(
      'MIGRATION_FAILED',
      `The index ${build.index} was there before, and is invalid.`,
      `Drop it, then go on.`,
    )
  }
}
