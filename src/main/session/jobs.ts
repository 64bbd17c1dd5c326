import { randomUUID } from 'node:crypto'
import { ConsoleError, toErrorShape } from '../../shared/errors.ts'
import type { JobProgress, JobState } from '../../shared/jobs.ts'

/** What a job is told and tells. */
export type JobContext = {
  /** Fires when the person cancels the job or the session ends. */
  signal: AbortSignal
  report(progress: JobProgress): void
  /** A line for the person: never a value of a row, never a secret. */
  log(line: string): void
}

export type Jobs = {
  /** Begins work and returns at once. */
  start(
    about: Pick<JobState, 'kind' | 'title'>,
    run: (context: JobContext) => Promise<unknown>,
  ): Promise<JobState>
  /** Newest first. */
  list(): Promise<JobState[]>
  /** Fails with `NOT_FOUND`. */
  get(input: { jobId: string }): Promise<JobState>
  /** Asks a job to stop; it says itself when it has. Without effect on one that has ended. */
  cancel(input: { jobId: string }): Promise<JobState>
  /** Stops all jobs and waits until each has ended. */
  closeAll(): Promise<void>
}

/** How many jobs that have ended, and how many lines of one, are kept. */
const keptJobs = 50
const keptLines = 500

type Job = { state: JobState; stop: AbortController; ended: Promise<void> }

export const createJobs = (): Jobs => {
  const jobs = new Map<string, Job>()

  const find = (jobId: string): Job => {
    const job = jobs.get(jobId)
    if (job !== undefined) return job
    throw new ConsoleError('NOT_FOUND', 'There is no such job in this session.', 'Start it again.')
  }

  const forgetOldest = () => {
    const ended = [...jobs.values()].filter(({ state }) => state.status !== 'running')
    for (const { state } of ended.slice(0, Math.max(0, ended.length - keptJobs))) jobs.delete(state.id)
  }

  return {
    async start(about, run) {
      const stop = new AbortController()
      const state: JobState = {
        ...about,
        id: randomUUID(),
        status: 'running',
        startedAt: new Date().toISOString(),
        endedAt: null,
        progress: null,
        log: [],
        result: null,
        error: null,
      }
      const end = (change: Pick<JobState, 'status'> & Partial<JobState>) => {
        Object.assign(state, change, { endedAt: new Date().toISOString() })
        forgetOldest()
      }
      const ended = run({
        signal: stop.signal,
        report: (progress) => {
          state.progress = progress
        },
        log: (line) => {
          state.log.push(line)
          if (state.log.length > keptLines) state.log.shift()
        },
      }).then(
        (result) => end({ status: 'done', result }),
        (error: unknown) =>
          end({ status: stop.signal.aborted ? 'cancelled' : 'failed', error: toErrorShape(error) }),
      )
      jobs.set(state.id, { state, stop, ended })
      return state
    },
    list: async () => [...jobs.values()].map(({ state }) => state).reverse(),
    get: async ({ jobId }) => find(jobId).state,
    async cancel({ jobId }) {
      const { state, stop } = find(jobId)
      stop.abort()
      return state
    },
    async closeAll() {
      for (const { stop } of jobs.values()) stop.abort()
      await Promise.all([...jobs.values()].map(({ ended }) => ended))
    },
  }
}
