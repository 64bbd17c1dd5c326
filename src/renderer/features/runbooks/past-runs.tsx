import type { RunbookRunSummary } from '../../../shared/runbooks.ts'
import { runLimit } from '../../../shared/runbooks.ts'
import { Timestamp } from '../../ui/timestamp.tsx'
import { toneOf, wordOf } from '../../ui/verdict-tone.ts'

type PastRunsProps = { runs: readonly RunbookRunSummary[]; onOpen: (runId: string) => void }

const titles = ['Begun', 'By', 'State', 'Verdict', 'Steps', 'Not done', 'With findings', 'Kept'] as const
const numbers: readonly string[] = ['Steps', 'Not done', 'With findings']

/** Runs of one runbook, the newest first: who, when, how it went, and whether somebody still has to sign. */
export const PastRuns = ({ runs, onOpen }: PastRunsProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it
  <section className="runbook-runs" tabIndex={0} aria-label="Runs">
    <table className="plain-table">
      <thead>
        <tr>
          {titles.map((title) => (
            <th key={title} scope="col" className={numbers.includes(title) ? 'number' : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {runs.map(({ runId, startedAt, by, signed, verdict, steps, notDone, withFindings, keeping }) => (
          <tr key={runId}>
            <th scope="row">
              <button type="button" className="link" onClick={() => onOpen(runId)}>
                <Timestamp value={startedAt} />
              </button>
            </th>
            <td>{by}</td>
            <td className="runbook-state" title={signed?.reason}>
              {signed === null ? <strong>not signed</strong> : `signed by ${signed.by}: ${signed.reason}`}
            </td>
            <td>
              <span className="dot" data-tone={toneOf[verdict]} /> {wordOf[verdict]}
            </td>
            <td className="number">{steps}</td>
            <td className="number">{notDone}</td>
            <td className="number">{withFindings}</td>
            <td className={keeping.isKept ? 'dim' : undefined}>{keeping.isKept ? 'yes' : 'this session'}</td>
          </tr>
        ))}
      </tbody>
    </table>
    {runs.length >= runLimit && <p className="dim">The newest {runLimit} are shown.</p>}
  </section>
)
