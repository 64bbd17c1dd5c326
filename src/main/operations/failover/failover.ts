import { randomUUID } from 'node:crypto'
import { printConninfo } from '../../../shared/conninfo.ts'
import { ConsoleError, toErrorShape } from '../../../shared/errors.ts'
import type {
  FailoverAssessInput,
  FailoverAssessment,
  FailoverPromoteInput,
  FailoverRun,
  FailoverStep,
  SealContinuity,
} from '../../../shared/failover.ts'
import type { JobState } from '../../../shared/jobs.ts'
import type { DriftReport } from '../../../shared/migrations.ts'
import type { HostAndPort, Profile, TargetSessionAttrs } from '../../../shared/profiles.ts'
import { describeHost } from '../../session/connection-errors.ts'
import type { JobContext } from '../../session/jobs.ts'
import type { Session } from '../../session/session.ts'
import { counted } from '../judging.ts'
import type { Runs } from '../runbooks/runs.ts'
import { assess, isSameHost } from './assess.ts'
import type { LastPrimary } from './last-primary.ts'
import { assertConfirmed, promote } from './promote.ts'
import { keepOnPrimary, runOf } from './run.ts'

/** Milliseconds that keeping a run may take after a promotion, which is over by then. */
const keepingTime = 15_000

/** What other areas look at after a promotion. */
type Checks = {
  drift(context: JobContext): Promise<Pick<DriftReport, 'differences' | 'version'>>
  continuity(before: HostAndPort, signal: AbortSignal): Promise<SealContinuity>
}

/** A connection that asks for standbys, or for anything, would find the old primary as well. */
const attrsAfter = (before: TargetSessionAttrs, hosts: readonly HostAndPort[]): TargetSessionAttrs =>
  before === 'standby' || before === 'read-only' || (before === 'any' && hosts.length > 1)
    ? 'primary'
    : before

const nothingPromoted = (): ConsoleError =>
  new ConsoleError('CONFLICT', 'No standby was promoted in this session.', 'Promote one first.')

/** One failover of a session at a time; the last one is kept, so that its screen can be left and found again. */
export const createFailover = (
  session: Session,
  { lastPrimary, runs, drift, continuity }: { lastPrimary: LastPrimary; runs: Runs } & Checks,
) => {
  const context = { session, lastPrimary }
  let run: FailoverRun | null = null
  let typedPassword: string | null = null

  const promoted = (): FailoverRun => {
    if (run === null || run.stage === 'promoting' || run.stage === 'failed') throw nothingPromoted()
    return run
  }

  const told = (part: FailoverStep['part'], verdict: FailoverStep['verdict'], text: string) =>
    run?.steps.push({ part, at: new Date().toISOString(), verdict, text })

  /** Keeps the run as far as it is. Where that cannot be, it goes with the session, and its log says so. */
  const keep = async (of: FailoverRun, signal: AbortSignal): Promise<void> => {
    const asRun = runOf(of, session)
    runs.show(asRun)
    if (of.after === null) return
    try {
      const keeping = await keepOnPrimary(
        session,
        asRun,
        { host: of.candidate, password: typedPassword },
        signal,
      )
      runs.show({ ...asRun, keeping })
    } catch (error) {
      told('promotion', 'warn', `This run could not be kept as it is now: ${toErrorShape(error).message}`)
      runs.show(runOf(of, session))
    }
  }

  return {
    assess: (input: FailoverAssessInput, signal: AbortSignal): Promise<FailoverAssessment> =>
      assess(context, input, signal),

    /** Null: none was begun in this session. */
    state: async (): Promise<FailoverRun | null> => run,

    /** Begins a job, after what can be refused was refused. */
    async promote(input: FailoverPromoteInput, signal: AbortSignal): Promise<JobState> {
      session.assertMayAct()
      if (run?.stage === 'promoting') {
        throw new ConsoleError('CONFLICT', 'A promotion is under way in this session.', 'Wait for its end.')
      }
      const before = await assess(context, input, signal)
      assertConfirmed(before, input)
      const begun: FailoverRun = {
        runId: randomUUID(),
        stage: 'promoting',
        jobId: '',
        reason: input.reason,
        by: session.state().server.sessionUser,
        startedAt: new Date().toISOString(),
        candidate: input.candidate,
        before,
        after: null,
        steps: [],
        newUrl: null,
        isChecking: false,
      }
      run = begun
      typedPassword = input.password
      const job = await session.jobs.start(
        { kind: 'failover', title: `Promote ${describeHost(input.candidate)}` },
        async ({ signal: stop, report, log }) => {
          try {
            await promote(context, input, {
              signal: stop,
              report,
              told: {
                step(verdict, text) {
                  told('promotion', verdict, text)
                  log(text)
                },
                before: (assessment) => {
                  begun.before = assessment
                },
                after: (facts) => {
                  begun.after = facts
                },
              },
            })
            begun.stage = 'promoted'
          } catch (error) {
            const { message } = toErrorShape(error)
            told('promotion', 'critical', message)
            begun.stage = begun.after === null ? 'failed' : 'promoted'
            throw error
          } finally {
            // Also where nobody waits any more: what was promoted is promoted.
            await keep(begun, AbortSignal.timeout(keepingTime))
          }
        },
      )
      begun.jobId = job.id
      return job
    },

    /** Points this session at the new primary. What its profile has to become, for the host's process, with the password that was typed. */
    async repoint(
      { old }: { old: 'keep' | 'remove' },
      signal: AbortSignal,
    ): Promise<Pick<Profile, 'hosts' | 'targetSessionAttrs'> & { password: string | null }> {
      const { candidate } = promoted()
      const others = session.hosts().filter((host) => !isSameHost(host, candidate))
      const hosts = [candidate, ...(old === 'keep' ? others : [])]
      const to = { hosts, targetSessionAttrs: attrsAfter(session.profile.targetSessionAttrs, hosts) }
      await session.repoint(to, signal, typedPassword)
      return { ...to, password: typedPassword }
    },

    /** Notes what became of the profile. */
    async repointed(
      { profile, isSaved }: { profile: Profile; isSaved: boolean },
      signal: AbortSignal,
    ): Promise<FailoverRun> {
      const pointed = promoted()
      pointed.newUrl = printConninfo(profile)
      pointed.stage = 'repointed'
      told(
        'connection',
        'ok',
        `The connection "${profile.name}" was pointed at ${profile.hosts.map(describeHost).join(', then ')}.`,
      )
      if (!isSaved) {
        told(
          'connection',
          'warn',
          profile.source === 'environment'
            ? `It comes from DATABASE_URL and cannot be changed here: this holds until the console ends. Set DATABASE_URL to ${pointed.newUrl} with its password.`
            : 'It cannot be changed here: this holds until the console ends.',
        )
      }
      await keep(pointed, signal)
      return pointed
    },

    /** Begins a job that holds the new primary against the migrations, and against what was published of the old one. */
    async check(): Promise<JobState> {
      const pointed = promoted()
      if (pointed.isChecking) {
        throw new ConsoleError('CONFLICT', 'It is being checked.', 'Wait for the end of the check.')
      }
      const { lastSeen } = pointed.before.primary
      pointed.isChecking = true
      return session.jobs.start({ kind: 'failover', title: 'Check the new primary' }, async (context) => {
        /** A check that cannot be made is told; it does not undo a failover. */
        const look = async (what: string, work: () => Promise<Pick<FailoverStep, 'verdict' | 'text'>>) => {
          try {
            const { verdict, text } = await work()
            told('checks', verdict, text)
          } catch (error) {
            if (context.signal.aborted) throw error
            told('checks', 'not-checked', `${what}: ${toErrorShape(error).message}`)
          }
        }
        try {
          await look('Drift was not checked', async () => {
            const { differences, version } = await drift(context)
            const counting = differences.filter(({ waived }) => !waived).length
            return counting === 0
              ? {
                  verdict: 'ok',
                  text: `No drift: the schema is what its migrations make${version === null ? '' : `, at ${version}`}.`,
                }
              : {
                  verdict: 'warn',
                  text: `Drift: ${counted(counting, 'difference')} to what its migrations make.`,
                }
          })
          await look('The audit trail was not compared', async () =>
            lastSeen === null
              ? {
                  verdict: 'unknown',
                  text: 'The audit trail was not compared: this session never saw the old primary.',
                }
              : continuity(lastSeen.host, context.signal),
          )
          pointed.stage = 'checked'
          await keep(pointed, context.signal)
          return pointed
        } finally {
          pointed.isChecking = false
        }
      })
    },
  }
}
