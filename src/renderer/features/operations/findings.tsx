import { formatBytes, formatSeconds } from '../../../shared/format-quantity.ts'
import type { ProbeFinding, Threshold } from '../../../shared/operations.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { toneOf, wordOf } from './verdict-words.ts'

const limit = ({ value, unit }: Threshold): string => {
  switch (unit) {
    case 'bytes':
      return formatBytes(value)
    case 'seconds':
      return formatSeconds(value)
    case 'milliseconds':
      return `${value} ms`
    case 'percent':
      return `${value} %`
    case 'days':
      return `${value} days`
    default:
      return value.toLocaleString('en')
  }
}

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

type FindingsProps = { findings: readonly ProbeFinding[]; onChoose: (row: number) => void }

/** What a probe found, the worst first: which limit it passed, and what helps. */
export const Findings = ({ findings, onChoose }: FindingsProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it
  <section className="findings" aria-label="Findings" tabIndex={0}>
    <ul>
      {findings.map((finding) => (
        <li key={`${finding.text}${finding.row}`} className="finding">
          <span className="dot" data-tone={toneOf[finding.verdict]} />
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
                  {limit(finding.threshold)}
                </span>
              )}
            </p>
            {finding.remedies.length > 0 && <Remedies finding={finding} />}
          </div>
        </li>
      ))}
    </ul>
  </section>
)
