import type { ProvisioningCheck } from '../../../shared/provisioning.ts'
import type { Tone } from '../../ui/chip.tsx'

const tones: Record<ProvisioningCheck['outcome'], { tone: Tone; words: string; rank: number }> = {
  failed: { tone: 'crit', words: 'wrong', rank: 0 },
  warning: { tone: 'warn', words: 'warning', rank: 1 },
  unknown: { tone: 'neutral', words: 'not checked', rank: 2 },
  ok: { tone: 'ok', words: 'fine', rank: 3 },
}

/** What was looked at on the server, the worst first. */
export const CheckList = ({ checks }: { checks: readonly ProvisioningCheck[] }) => (
  <section className="provisioning-checks" aria-label="Checks">
    <h2>Checks</h2>
    <ul>
      {checks
        .toSorted((one, other) => tones[one.outcome].rank - tones[other.outcome].rank)
        .map(({ id, title, outcome, seen, details, remedy }) => (
          <li key={id}>
            <span className="dot" data-tone={tones[outcome].tone} />
            <div>
              <p className="provisioning-check-title">
                {title} <span className="provisioning-check-outcome">{tones[outcome].words}</span>
              </p>
              <p className="provisioning-check-seen">{seen}</p>
              {details.length > 0 && (
                <details>
                  <summary>{details.length === 1 ? 'One line' : `${details.length} lines`}</summary>
                  <ul className="data">
                    {details.map((detail) => (
                      <li key={detail}>{detail}</li>
                    ))}
                  </ul>
                </details>
              )}
              {remedy !== null && <p>{remedy}</p>}
            </div>
          </li>
        ))}
    </ul>
  </section>
)
