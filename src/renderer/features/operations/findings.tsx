import { formatThreshold } from '../../../shared/format-threshold.ts'
import type { ProbeFinding } from '../../../shared/operations.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { toneOf, wordOf } from './verdict-words.ts'
import { WaiveFinding } from './waive-finding.tsx'

const Remedies = ({ finding }: { finding: ProbeFinding }) => (
  <ul className="remedies">
    {finding.remedies.map(({ text, sql }) => (
      <li key={`${text}${sql}`}>
        <span>{text}</span>
        {sql !== null && (
          <>
            <code className="remedy-sql" title={sql}>
              {sql}
            </code>
            <CopyButton text={sql} what="The statement">
              Copy SQL
            </CopyButton>
          </>
        )}
      </li>
    ))}
  </ul>
)

type FindingsProps = {
  probe: string
  findings: readonly ProbeFinding[]
  onChoose: (row: number) => void
  onDone: () => void
}

/** What a probe found, the worst first: which limit it passed, and what helps. */
export const Findings = ({ probe, findings, onChoose, onDone }: FindingsProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it
  <section className="findings" aria-label="Findings" tabIndex={0}>
    <ul>
      {findings.map((finding) => (
        <li key={`${finding.text}${finding.row}`} className="finding">
          <span className="dot" data-tone={finding.waiver === null ? toneOf[finding.verdict] : 'neutral'} />
          <div className="finding-words">
            <p>
              <span className="sr-only">{wordOf[finding.verdict]}: </span>
              {finding.row === null ? (
                finding.text
              ) : (
                <button type="button" className="finding-row" onClick={() => onChoose(finding.row ?? 0)}>
                  {finding.text}
                </button>
              )}
              {finding.threshold !== null && (
                <span className="dim" title={finding.threshold.title}>
                  {' '}
                  {finding.threshold.verdict === 'critical' ? 'critical from' : 'warning from'}{' '}
                  {formatThreshold(finding.threshold.value, finding.threshold.unit)}
                </span>
              )}
            </p>
            {finding.waiver === null ? (
              finding.remedies.length > 0 && <Remedies finding={finding} />
            ) : (
              <p className="dim">
                Accepted until {finding.waiver.until} by {finding.waiver.by}: {finding.waiver.reason}
              </p>
            )}
          </div>
          <WaiveFinding probe={probe} finding={finding} onDone={onDone} />
        </li>
      ))}
    </ul>
  </section>
)
