import { Link } from '@tanstack/react-router'
import type { Cadence, ProbeAbout, ProbeReport } from '../../../shared/operations.ts'
import { useSession } from '../../app/session-context.tsx'
import { sectionPath } from './sections.ts'
import { byUrgency, headline, toneOf, wordOf } from './verdict-words.ts'

const titles: Record<Cadence, string> = {
  live: 'Right now',
  daily: 'Daily',
  weekly: 'Weekly',
  any: 'Set up',
}

type VerdictListProps = {
  probes: readonly ProbeAbout[]
  reports: ReadonlyMap<string, ProbeReport>
}

const Line = ({ about, report }: { about: ProbeAbout; report: ProbeReport | undefined }) => {
  const { sessionId } = useSession()
  const path = sectionPath(about.section)
  const content = (
    <>
      <span className="dot" data-tone={report === undefined ? 'neutral' : toneOf[report.verdict]} />
      <span className="verdict-title">{about.title}</span>
      {report === undefined ? (
        <span className="skeleton verdict-skeleton" />
      ) : (
        <span className="verdict-text" title={headline(report)}>
          <span className="sr-only">{wordOf[report.verdict]}: </span>
          {headline(report)}
        </span>
      )}
    </>
  )
  return (
    <li>
      {path === null ? (
        <span className="verdict" title={about.about}>
          {content}
        </span>
      ) : (
        <Link className="verdict" to={path} params={{ sessionId }} search={{ probe: about.id }}>
          {content}
        </Link>
      )}
    </li>
  )
}

/** One line a probe: its verdict, and the worst of what it found; by how often a person should look, the worst first. */
export const VerdictList = ({ probes, reports }: VerdictListProps) => {
  const groups = Map.groupBy(probes, ({ cadence }) => cadence)
  return (
    <div className="verdict-columns">
      {[...groups].map(([cadence, members]) => (
        <section key={cadence} aria-label={titles[cadence]} className="verdict-group">
          <h2>{titles[cadence]}</h2>
          <ul>
            {members
              .toSorted((one, other) =>
                byUrgency(
                  reports.get(one.id)?.verdict ?? 'not-checked',
                  reports.get(other.id)?.verdict ?? 'not-checked',
                ),
              )
              .map((about) => (
                <Line key={about.id} about={about} report={reports.get(about.id)} />
              ))}
          </ul>
        </section>
      ))}
    </div>
  )
}
