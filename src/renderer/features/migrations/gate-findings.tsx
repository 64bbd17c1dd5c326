import type { GatedMigration, GatedStatement, GateFinding } from '../../../shared/migrations.ts'
import { formatBytes } from '../../ui/bytes.tsx'
import { severityTone } from './migration-words.ts'

const severityWords = { ok: 'fine', warning: 'warning', danger: 'danger' } as const

const Finding = ({ finding }: { finding: GateFinding }) => (
  <>
    <span className="dot" data-tone={severityTone(finding)} />
    <span className="gate-words">
      <span className="gate-title">
        {finding.line !== null && `Line ${finding.line}: `}
        {finding.title}
        <span className="sr-only"> ({severityWords[finding.severity]})</span>
      </span>
      <span className="gate-detail">{finding.detail}</span>
    </span>
  </>
)

const lockWords = ({ locks }: GatedStatement): string =>
  locks
    .map(({ relation, mode, bytes, writesPerSecond }) =>
      [
        `${mode} on ${relation}`,
        ...(bytes === null ? [] : [formatBytes(bytes)]),
        ...(writesPerSecond === null ? [] : [`${Math.round(writesPerSecond)} writes/s`]),
      ].join(', '),
    )
    .join('; ')

/** Statements of which no rule has anything to say, in one line: there may be hundreds. */
const quiet = (statements: readonly GatedStatement[]): GateFinding[] => {
  const [only] = statements
  if (only === undefined) return []
  const locks = statements.map(lockWords).filter((words) => words !== '')
  const lines = statements.map(({ line }) => line)
  return [
    {
      rule: 'nothing',
      severity: 'ok',
      line: statements.length === 1 ? only.line : null,
      title: statements.length === 1 ? 'nothing to mind' : `${statements.length} statements: nothing to mind`,
      detail: [
        locks.length === 0 ? 'No lock on anything that others use.' : `${[...new Set(locks)].join('; ')}.`,
        ...(lines.length > 1
          ? [`Lines ${lines.slice(0, 12).join(', ')}${lines.length > 12 ? ' …' : ''}.`]
          : []),
      ].join(' '),
    },
  ]
}

/** What the gate says of a migration, of the whole first, then line by line; a line leads to its place in the SQL. */
export const GateFindings = ({
  gated,
  onLine,
}: {
  gated: GatedMigration
  onLine: (line: number) => void
}) => {
  const findings = [
    ...gated.findings,
    ...gated.statements.flatMap((statement) => statement.findings),
    ...quiet(gated.statements.filter((statement) => statement.findings.length === 0)),
  ]
  return (
    <ul className="gate-findings" aria-label={`What the gate says of ${gated.name}`}>
      {findings.map((finding) => {
        const { line } = finding
        return (
          <li key={`${finding.rule} ${line} ${finding.detail}`}>
            {line === null ? (
              <span className="gate-finding">
                <Finding finding={finding} />
              </span>
            ) : (
              <button type="button" className="gate-finding" onClick={() => onLine(line)}>
                <Finding finding={finding} />
              </button>
            )}
          </li>
        )
      })}
    </ul>
  )
}
