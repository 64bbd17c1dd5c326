import { Button } from '@mantine/core'
import { useCallback } from 'react'
import { type MigrationPlan, roundTripReport } from '../../../shared/migrations.ts'
import { rpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useJob } from '../../app/use-job.ts'
import { formatDuration } from '../../ui/duration.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'

const outcomes = {
  same: { tone: 'ok', words: 'up, down and up again leaves no difference' },
  differs: { tone: 'crit', words: 'down and up again leaves a difference' },
  failed: { tone: 'crit', words: 'it failed on the shadow' },
  none: { tone: 'warn', words: 'tried upwards only: there is no way down' },
} as const

/** Tries what would be applied on a copy of the schema without rows, up, down and up again. Nothing touches this database's tables. */
export const RoundTrip = ({ plan }: { plan: MigrationPlan }) => {
  const { sessionId } = useSession()
  const nothing = useCallback(() => undefined, [])
  const job = useJob({ kind: 'round-trip', result: roundTripReport, watch: false, onEnd: nothing })
  // The last one may have tried another plan, or files as they no longer are.
  const ofPlan =
    job.result?.migrations.filter(({ version }) =>
      plan.migrations.some((migration) => migration.version === version),
    ) ?? []
  const tried = ofPlan.filter(({ filesSum }) =>
    plan.migrations.some((migration) => migration.filesSum === filesSum),
  )
  if (plan.direction !== 'up') return null
  const begin = () =>
    job.start(() =>
      rpc.migrations.roundTrip.mutate({
        sessionId,
        direction: 'up',
        to: plan.migrations.at(-1)?.version ?? null,
      }),
    )
  return (
    <section className="round-trip" aria-label="Round trip">
      <h3>Round trip</h3>
      {job.isRunning ? (
        <>
          <ProgressBar
            label="How far the round trip is"
            done={job.state?.progress?.done ?? 0}
            total={job.state?.progress?.total ?? null}
          />
          <p className="migration-text" role="status">
            {job.state?.progress?.what ?? 'Making a shadow database…'}
          </p>
          <Button onClick={job.cancel}>Stop</Button>
        </>
      ) : (
        <>
          {job.error !== null && <ErrorState variant="line" error={job.error} />}
          {tried.length > 0 && (
            <ul className="gate-findings">
              {tried.map(({ version, name, outcome, findings }) => (
                <li key={version} className="gate-finding">
                  <span className="dot" data-tone={outcomes[outcome].tone} />
                  <span className="gate-words">
                    <span className="gate-title">
                      {name}: {outcomes[outcome].words}
                    </span>
                    {findings.map(({ title, detail }) => (
                      <span key={detail} className="gate-detail">
                        {title}. {detail}
                      </span>
                    ))}
                  </span>
                </li>
              ))}
            </ul>
          )}
          <div className="plan-buttons">
            <Button onClick={begin}>{tried.length === 0 ? 'Try up, down, up' : 'Try again'}</Button>
            <span className="migration-dim">
              {job.result === null || tried.length === 0
                ? ofPlan.length === 0
                  ? 'on a shadow database without rows'
                  : 'the files have changed since they were tried'
                : `took ${formatDuration(job.result.milliseconds)} on ${job.result.shadow === 'embedded' ? 'an embedded server' : 'this server'}`}
            </span>
          </div>
        </>
      )}
    </section>
  )
}
