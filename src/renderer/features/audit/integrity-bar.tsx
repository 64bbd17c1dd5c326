import './integrity.css'
import { Button } from '@mantine/core'
import type { TrailCheck } from '../../../shared/audit-check.ts'
import type { TrailReport } from '../../../shared/audit-trail.ts'
import { useSession } from '../../app/session-context.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { anchorsOf, tailOf, verdictOf } from './integrity-words.ts'
import { PaperSeal } from './paper-seal.tsx'
import { type Integrity, useIntegrity } from './use-integrity.ts'

const Findings = ({ report }: { report: TrailReport }) => (
  <section className="integrity-detail" aria-label="What was found">
    <ul className="integrity-list">
      {report.listed.map(({ kind, sealNo, eventId, message }) => (
        <li key={`${kind} ${sealNo} ${eventId} ${message}`}>
          <span className="dot" data-tone="crit" />
          {message}
        </li>
      ))}
    </ul>
    {report.findings > report.listed.length && (
      <p>and {(report.findings - report.listed.length).toLocaleString('en')} more</p>
    )}
    <p>{anchorsOf(report)}</p>
  </section>
)

const toneOf = ({ problems, severity }: TrailCheck): 'ok' | 'warn' | 'crit' =>
  problems.length === 0 ? 'ok' : severity === 'fault' ? 'crit' : 'warn'

const Checks = ({ checks, onClose }: { checks: readonly TrailCheck[]; onClose: () => void }) => (
  <section className="integrity-detail" aria-label="Check of the recording">
    <ul className="integrity-list">
      {checks.map((check) => (
        <li key={check.id}>
          <span className="dot" data-tone={toneOf(check)} />
          {check.title}
          {check.problems.length > 0 && (
            <ul className="integrity-problems">
              {check.problems.map((problem) => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
    <Button onClick={onClose}>Close</Button>
  </section>
)

const Running = ({ integrity }: { integrity: Integrity }) => {
  const { verification, check } = integrity
  const job = verification.isRunning ? verification : check
  const progress = job.state?.progress ?? null
  return (
    <>
      <span className="integrity-dim">
        {verification.isRunning ? 'Verifying' : 'Checking'}
        {progress !== null &&
          (progress.total === null || progress.total === 0
            ? ` ${progress.what}`
            : ` · ${progress.done.toLocaleString('en')} of ${progress.total.toLocaleString('en')} ${progress.unit}`)}
      </span>
      <Button size="compact-xs" onClick={job.cancel}>
        Stop
      </Button>
    </>
  )
}

const unproven =
  'This log is not sealed, or its seals are not yours to see: nothing here proves that it was not altered.'

/** Whether the trail can be believed, always on top: its verdict, how far it is sealed, and the ways to find out more. */
export const IntegrityBar = () => {
  const integrity = useIntegrity()
  const { writes } = useSession()
  const { state, verification, check } = integrity
  if (state.error !== null) {
    return <ErrorState variant="line" error={state.error} onRetry={() => void state.refetch()} />
  }
  if (state.data === undefined) return <div className="integrity" />
  if (state.data === null) {
    return (
      <section className="integrity" aria-label="Integrity">
        <span className="dot" data-tone="warn" />
        <span className="integrity-words" title={unproven}>
          {unproven}
        </span>
      </section>
    )
  }
  const { lastSeal, maySeal, mayVerify } = state.data
  const report = verification.result
  const verdict = verdictOf(state.data, report)
  const tail = tailOf(state.data)
  const isRunning = verification.isRunning || check.isRunning
  return (
    <>
      <section className="integrity" aria-label="Integrity">
        <span className="dot" data-tone={verdict.tone} />
        <strong className="integrity-verdict">{verdict.words}</strong>
        <span className="integrity-facts">
          {lastSeal !== null && (
            <span className="integrity-dim">
              seal {lastSeal.sealNo}, <Timestamp value={lastSeal.sealedAt} format="relative" />
            </span>
          )}
          <span className="integrity-dim" data-tone={tail.tone} title={tail.words}>
            {tail.words}
          </span>
        </span>
        <span className="integrity-actions">
          {isRunning && <Running integrity={integrity} />}
          {!isRunning && lastSeal !== null && (
            <PaperSeal seal={lastSeal} onVerify={mayVerify ? (text) => integrity.verify([text]) : null} />
          )}
          {!isRunning && maySeal && writes !== 'refused' && (
            <Button size="compact-xs" loading={integrity.isSealing} onClick={integrity.seal}>
              Seal now
            </Button>
          )}
          {!isRunning && mayVerify && (
            <>
              <Button size="compact-xs" onClick={integrity.look}>
                Check recording
              </Button>
              <Button size="compact-xs" onClick={() => integrity.verify()}>
                Verify
              </Button>
            </>
          )}
        </span>
      </section>
      {verification.error !== null && (
        <ErrorState variant="line" error={verification.error} onRetry={() => integrity.verify()} />
      )}
      {check.error !== null && <ErrorState variant="line" error={check.error} onRetry={integrity.look} />}
      {report?.verdict === 'broken' && <Findings report={report} />}
      {check.result !== null && <Checks checks={check.result} onClose={check.dismiss} />}
    </>
  )
}
