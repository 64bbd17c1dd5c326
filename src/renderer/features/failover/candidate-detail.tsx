import type { FailoverCandidate } from '../../../shared/failover.ts'
import { toneOf, wordOf } from '../../ui/verdict-tone.ts'
import { hostName } from './host-name.ts'

/** What speaks against a candidate, what would be lost, and what would be done. */
export const CandidateDetail = ({ candidate }: { candidate: FailoverCandidate }) => {
  const { host, loss, warnings, steps } = candidate
  return (
    <>
      <p className="failover-loss" data-known={loss.bytes !== null || undefined}>
        <strong>{hostName(host)}</strong>: {loss.text}
      </p>
      {warnings.length > 0 && (
        <ul className="failover-warnings" aria-label="Warnings">
          {warnings.map(({ verdict, text }) => (
            <li key={text}>
              <span className="dot" data-tone={toneOf[verdict]} />
              <span>
                <span className="sr-only">{wordOf[verdict]}: </span>
                {text}
              </span>
            </li>
          ))}
        </ul>
      )}
      <h3>What would be done</h3>
      <ol className="failover-plan">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </>
  )
}
