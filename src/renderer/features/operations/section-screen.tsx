import './operations.css'
import { Button } from '@mantine/core'
import { Link, useSearch } from '@tanstack/react-router'
import { type ReactNode, useMemo, useState } from 'react'
import type { ProbeAbout, ProbeReport } from '../../../shared/operations.ts'
import { useScreenCommands } from '../../app/screen-commands.ts'
import { useSession } from '../../app/session-context.tsx'
import { count } from '../../ui/count.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusBar } from '../../ui/status-bar.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { Findings } from './findings.tsx'
import { LiveSwitch } from './live-switch.tsx'
import { MaintenanceJobs } from './maintenance-jobs.tsx'
import { rowKey } from './probe-rows.ts'
import { ProbeTable } from './probe-table.tsx'
import { ResetStatements } from './reset-statements.tsx'
import { ReviewBackups } from './review-backups.tsx'
import { RowActions } from './row-actions.tsx'
import { RowDetail } from './row-detail.tsx'
import { type Section, sections } from './sections.ts'
import { StatementsSince } from './statements-since.tsx'
import { ThresholdsDialog } from './thresholds-dialog.tsx'
import { type Shown, useCompared, useSnapshot } from './use-compared.ts'
import { usePaused, useProbeList, useReports } from './use-probes.ts'
import { toneOf, wordOf } from './verdict-words.ts'

type TabsProps = {
  section: Section
  probes: readonly ProbeAbout[]
  chosen: ProbeAbout
  reports: ReadonlyMap<string, ProbeReport>
  /** What stands at the end of their line. */
  children: ReactNode
}

const Tabs = ({ section, probes, chosen, reports, children }: TabsProps) => {
  const { sessionId } = useSession()
  return (
    <nav className="probe-tabs" aria-label="Checks">
      {probes.map(({ id, title, about }) => {
        const verdict = reports.get(id)?.verdict
        return (
          <Link
            key={id}
            className="probe-tab"
            to={sections[section].to}
            params={{ sessionId }}
            search={{ probe: id }}
            replace
            title={about}
            aria-current={id === chosen.id ? 'page' : undefined}
            activeProps={{}}
          >
            <span className="dot" data-tone={verdict === undefined ? 'neutral' : toneOf[verdict]} />
            {title}
            {verdict !== undefined && <span className="sr-only"> {wordOf[verdict]}</span>}
          </Link>
        )
      })}
      {children}
    </nav>
  )
}

type BodyProps = Shown & {
  /** The rows that findings are about, by place. */ findingRows: ProbeReport['rows']
  onDone: () => void
}

const Body = ({ about, report, findingRows, onDone }: BodyProps) => {
  const [chosen, setChosen] = useState<string | null>(null)
  return (
    <>
      {report.error !== null && <ErrorState variant="line" error={report.error} />}
      {report.findings.length > 0 && (
        <Findings
          probe={about.id}
          onDone={onDone}
          findings={report.findings}
          onChoose={(place) => {
            const row = findingRows[place]
            if (row !== undefined) setChosen(rowKey(row, about.columns))
          }}
        />
      )}
      {report.rows.length === 0 ? (
        <EmptyState title={report.summary}>{about.about}</EmptyState>
      ) : (
        <ProbeTable
          about={about}
          report={report}
          chosen={chosen}
          onChoose={setChosen}
          detail={(row) => (
            <>
              <RowActions key={rowKey(row, about.columns)} probe={about.id} row={row} onDone={onDone} />
              <RowDetail about={about} row={row} />
            </>
          )}
        />
      )}
    </>
  )
}

/** The checks of one section, each with what it found and read. All are asked together, so that every tab shows its verdict. */
export const SectionScreen = ({ section }: { section: Section }) => {
  const list = useProbeList()
  const { probe } = useSearch({ strict: false })
  const [isPaused, setPaused] = usePaused()
  const probes = useMemo(() => list.probes.filter((one) => one.section === section), [list.probes, section])
  const isLive = probes.some(({ cadence }) => cadence === 'live')
  const { live, others, reports, ask } = useReports(probes)
  const chosen = probes.find(({ id }) => id === probe) ?? probes[0]
  const report = chosen === undefined ? undefined : reports.get(chosen.id)
  const server = others.run?.server
  const snapshots = useSnapshot(section === 'statements' ? report : undefined, server)
  const shown = useCompared(chosen, report, server, snapshots)
  useScreenCommands([
    ...(snapshots.canTake
      ? [{ id: 'snapshot', title: 'Take a snapshot of the figures', keys: 'n', run: snapshots.take }]
      : []),
    { id: 'ask', title: `Check ${sections[section].title} again`, keys: 'r', run: ask },
    ...(isLive
      ? [
          {
            id: 'pause',
            title: isPaused ? 'Ask again by itself' : 'Ask no more by itself',
            keys: 'p',
            run: () => setPaused(!isPaused),
          },
        ]
      : []),
  ])
  const [isAdjusting, setAdjusting] = useState(false)
  const failure = list.error ?? live.error ?? others.error
  return (
    <>
      <PageHead title={sections[section].title} facts={shown?.report.summary}>
        {isLive && <LiveSwitch seconds={live.seconds} />}
        {chosen !== undefined && chosen.thresholds.length > 0 && (
          <Button onClick={() => setAdjusting(true)}>Thresholds…</Button>
        )}
        {section === 'statements' && <ResetStatements onDone={ask} />}
        {section === 'backup' && (
          <ReviewBackups
            backups={reports.get('backups')?.rows ?? []}
            reviews={reports.get('backup-reviews')}
            onDone={ask}
          />
        )}
        <Button onClick={ask} loading={others.isAsking}>
          Check again
        </Button>
      </PageHead>
      {chosen !== undefined && isAdjusting && (
        <ThresholdsDialog about={chosen} onClose={() => setAdjusting(false)} onSaved={ask} />
      )}
      {chosen !== undefined && (
        <Tabs section={section} probes={probes} chosen={chosen} reports={reports}>
          {snapshots.canTake && <StatementsSince snapshots={snapshots} />}
        </Tabs>
      )}
      {section === 'maintenance' && <MaintenanceJobs onEnd={ask} />}
      {failure !== null && (
        <ErrorState
          variant={report === undefined ? 'page' : 'line'}
          error={failure}
          onRetry={list.error === null ? ask : list.retry}
        />
      )}
      {report === undefined && failure === null && <SkeletonRows rows={16} label="Asking the server" />}
      {shown !== null && report !== undefined && (
        <Body
          // Another comparison has other columns.
          key={`${shown.about.id} ${snapshots.isShown}`}
          {...shown}
          findingRows={report.rows}
          onDone={ask}
        />
      )}
      <StatusBar
        end={
          report === undefined ? undefined : (
            <>
              asked <Timestamp value={report.ranAt} format="relative" />, took{' '}
              {Math.round(report.milliseconds)} ms
            </>
          )
        }
      >
        {report === undefined || shown === null
          ? ''
          : `${count(shown.report.rows.length, 'row')}${report.isCut ? ', more were left out' : ''}`}
      </StatusBar>
    </>
  )
}
