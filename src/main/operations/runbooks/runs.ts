import { ConsoleError } from '../../../shared/errors.ts'
import { worstOf } from '../../../shared/operations.ts'
import {
  countSteps,
  type RunbookKeeping,
  type RunbookMarkInput,
  type RunbookResult,
  type RunbookRun,
  type RunbookRuns,
  type RunbookSignInput,
} from '../../../shared/runbooks.ts'
import type { Statement } from '../../session/database.ts'
import type { Session } from '../../session/session.ts'
import { createWriter, type Writing } from '../../session/writer.ts'
import { recordAct } from '../actions/recording.ts'
import { kept, listRuns, notKept, readAccess, readRun, signRun, updateMark, writeRun } from './kept-runs.ts'

/** Runs that go with the session, at most. */
const rememberedRuns = 20

const alreadySigned = (): ConsoleError =>
  new ConsoleError('CONFLICT', 'This run was signed already.', 'Run it again to sign anew.')

/** The worst of the steps. */
export const verdictOf = (steps: readonly Pick<RunbookResult, 'verdict'>[]) =>
  worstOf(steps.flatMap(({ verdict }) => verdict ?? []))

/**
 * Runs of runbooks: in the table where the session may write to it, else with the session. What was begun there stays there until it is
 * signed; then it is kept, where it can be by then.
 */
export const createRuns = (session: Session) => {
  // A standby is looked after as well: a sign-off there is on paper only.
  const writer = createWriter({ ...session, assertMayWrite: session.assertMayAct })
  session.belongings.defer(() => writer.close())
  const remembered = new Map<string, RunbookRun>()

  const reading =
    (signal: AbortSignal): Writing['query'] =>
    <Row>(statement: Statement<Row>) =>
      session.database.query<Row>(statement, { signal })

  const remember = (run: RunbookRun): RunbookRun => {
    remembered.set(run.runId, run)
    for (const old of [...remembered.keys()].slice(0, Math.max(0, remembered.size - rememberedRuns))) {
      remembered.delete(old)
    }
    return run
  }

  const readKeeping = async (signal: AbortSignal): Promise<RunbookKeeping & { mayRead: boolean }> => {
    const access = await readAccess(reading(signal))
    const { mayRead } = access
    if (!access.isThere || !access.mayWrite || !mayRead) return { ...notKept(access), mayRead }
    try {
      session.assertMayWrite()
    } catch (error) {
      if (error instanceof ConsoleError) return { ...notKept(error.message), mayRead }
      throw error
    }
    return { ...kept, mayRead }
  }

  const find = async (runId: string, signal: AbortSignal): Promise<RunbookRun> => {
    const own = remembered.get(runId)
    if (own?.keeping.isKept === false) return own
    try {
      const { mayRead } = await readAccess(reading(signal))
      const found = mayRead ? await readRun(reading(signal), runId) : null
      if (found !== null) return found
    } catch (error) {
      // It is kept on a server that this session is not with yet.
      if (own === undefined) throw error
    }
    if (own !== undefined) return own
    throw new ConsoleError('NOT_FOUND', 'This run went with the session that made it.', 'Run it again.')
  }

  return {
    find,

    /** Shows a run that is made elsewhere, as far as it is. What people noted stays, and one that was signed, too. */
    show(run: RunbookRun): void {
      const before = remembered.get(run.runId)
      if (before?.signed != null) return
      const steps = run.steps.map((step) => {
        const { note, isDone } = before?.steps.find(({ id }) => id === step.id) ?? step
        return { ...step, note, isDone }
      })
      remember({ ...run, steps })
    },

    async list({ id }: { id: string }, signal: AbortSignal): Promise<RunbookRuns> {
      const { mayRead, ...keeping } = await readKeeping(signal)
      const inTable = mayRead ? await listRuns(reading(signal), id) : []
      const own = [...remembered.values()]
        .filter(({ runId, runbook }) => runbook === id && !inTable.some((one) => one.runId === runId))
        .reverse()
      return { keeping, runs: [...own.map((run) => ({ ...run, ...countSteps(run.steps) })), ...inTable] }
    },

    /** Where a run that was begun now would be kept. */
    readKeeping: (signal: AbortSignal): Promise<RunbookKeeping> => readKeeping(signal),

    /** Keeps a new run, at once. */
    async begin(run: Omit<RunbookRun, 'keeping' | 'signed'>, signal: AbortSignal): Promise<RunbookRun> {
      const { mayRead: _, ...keeping } = await readKeeping(signal)
      const begun: RunbookRun = { ...run, keeping, signed: null }
      if (!keeping.isKept) return remember(begun)
      await writer.write('', signal, ({ query }) => writeRun(query, begun))
      return find(run.runId, signal)
    },

    /** Fails with `CONFLICT` where somebody else noted something there, or signed. */
    async mark(input: RunbookMarkInput, signal: AbortSignal): Promise<RunbookRun> {
      const { runId, step, before, mark } = input
      const run = await find(runId, signal)
      if (run.signed !== null) throw alreadySigned()
      const marked = run.steps.find(({ id }) => id === step)
      if (marked === undefined) {
        throw new ConsoleError('NOT_FOUND', 'This run has no such step.', 'Open the run again.')
      }
      if (!run.keeping.isKept) {
        return remember({
          ...run,
          steps: run.steps.map((one) => (one.id === step ? { ...one, ...mark } : one)),
        })
      }
      const isNoted = await writer.write('', signal, ({ query }) =>
        updateMark(query, { runId, step, before, mark }),
      )
      if (isNoted) return find(runId, signal)
      throw new ConsoleError(
        'CONFLICT',
        `Somebody else went on with this run: "${marked.title}" has another note by now, or the run was signed. Yours was not saved.`,
        'Theirs is shown below yours: write what shall stand there.',
      )
    },

    /** Fails with `CONFLICT` when it was signed already, with `PERMISSION_DENIED` where the role may not record it. */
    async sign({ runId, reason }: RunbookSignInput, signal: AbortSignal): Promise<RunbookRun> {
      const run = await find(runId, signal)
      if (run.signed !== null) throw alreadySigned()
      const own = !run.keeping.isKept
      const { isKept } = own ? await readKeeping(signal) : kept
      const recording = await writer.write(reason, signal, async ({ query }) => {
        if (own && isKept) await writeRun(query, run)
        if (isKept && !(await signRun(query, runId, reason))) throw alreadySigned()
        return recordAct(query, {
          what: 'sign runbook',
          scope: {
            runbook: run.runbook,
            run: runId,
            started_at: run.startedAt,
            verdict: run.verdict,
            // Findings may name people and queries: they are in the run and on paper only.
            steps: run.steps.map(({ id, verdict, note, isDone }) => ({
              step: id,
              verdict,
              ...(isDone && { done: true }),
              ...(note !== '' && { note }),
            })),
          },
          reason,
        })
      })
      if (isKept) {
        remembered.delete(runId)
        return find(runId, signal)
      }
      const by = session.state().server.sessionUser
      return remember({ ...run, signed: { at: new Date().toISOString(), by, reason, recording } })
    },
  }
}

export type Runs = ReturnType<typeof createRuns>
