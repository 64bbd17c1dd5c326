import { utcDay } from '../../ui/utc-day.ts'
import './drift.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Difference, DriftReport } from '../../../shared/migrations.ts'
import { trpc } from '../../app/rpc.ts'
import { useScreenCommands } from '../../app/screen-commands.ts'
import { useSession } from '../../app/session-context.tsx'
import { ChoiceList } from '../../ui/choices/choice-list.tsx'
import { formatDuration } from '../../ui/duration.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { StatusBar } from '../../ui/status-bar.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { DifferenceDetail } from './difference-detail.tsx'
import { keyOf, shortWords, toneOf } from './drift-words.ts'
import { type Drift, useDrift } from './use-drift.ts'
import { Waivers } from './waivers.tsx'

const Line = ({ difference }: { difference: Difference }) => {
  const [waiver] = difference.waivers
  return (
    <span className="drift-line">
      <span className="dot" data-tone={toneOf(difference)} />
      <span className="drift-kind">{difference.kind}</span>
      <span className="data drift-identity" title={difference.identity}>
        {visibleText(difference.identity)}
      </span>
      <span className="drift-dim">
        {difference.waived && waiver !== undefined ? `until ${waiver.until}` : shortWords[difference.change]}
      </span>
    </span>
  )
}

const Facts = ({ report }: { report: DriftReport }) => {
  const counted = report.differences.filter(({ waived }) => !waived).length
  const waived = report.differences.length - counted
  return (
    <>
      {counted === 0 ? 'no drift' : `${counted} ${counted === 1 ? 'difference' : 'differences'}`}
      {waived > 0 && `, ${waived} accepted`}
      {` · ${report.objects.toLocaleString('en')} objects compared at ${report.version ?? 'no version'} · checked `}
      <Timestamp value={report.checkedAt} format="relative" />
    </>
  )
}

const Checking = ({ drift }: { drift: Drift }) => {
  const progress = drift.job.state?.progress ?? null
  return (
    <div className="state" role="status">
      <p className="state-title">Checking for drift…</p>
      <div className="drift-progress">
        <ProgressBar
          label="How far the check is"
          done={progress?.done ?? 0}
          total={progress?.total ?? null}
        />
      </div>
      <p className="state-text">
        {progress === null
          ? 'Reading the catalog.'
          : `${progress.what} · ${progress.done}${progress.total === null ? '' : ` of ${progress.total}`} ${progress.unit}`}
      </p>
      <Button onClick={drift.job.cancel}>Stop</Button>
    </div>
  )
}

const Report = ({ drift, report }: { drift: Drift; report: DriftReport }) => {
  const { sessionId } = useSession()
  const [asked, setAsked] = useState<string | null>(null)
  const status = useQuery(trpc.migrations.status.queryOptions({ sessionId }))
  const { differences, notes } = report
  const inOrder = [...differences].sort((a, b) => Number(a.waived) - Number(b.waived))
  const chosen = inOrder.find((difference) => keyOf(difference) === asked) ?? inOrder[0]
  const noted = notes.length > 0 && (
    <section className="drift-notes" aria-label="Notes of the check">
      <h3>Notes</h3>
      <ul>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  )
  if (chosen === undefined) {
    return (
      <>
        <EmptyState title="No drift.">
          {`All ${report.objects.toLocaleString('en')} objects are as the migrations up to ${report.version ?? 'nothing'} made them.`}
        </EmptyState>
        {noted}
      </>
    )
  }
  return (
    <div className="drift-body">
      <div className="drift-list">
        <ChoiceList
          label="Differences"
          choices={inOrder.map((difference) => ({
            id: keyOf(difference),
            group: difference.waived ? 'Accepted' : 'Counts as drift',
            content: <Line difference={difference} />,
          }))}
          chosen={keyOf(chosen)}
          onChoose={setAsked}
        />
        {noted}
      </div>
      <section className="drift-detail" aria-label="Chosen difference">
        <DifferenceDetail difference={chosen} />
        <Waivers
          difference={chosen}
          past={drift.waivers.filter((waiver) => waiver.until < utcDay() && keyOf(waiver) === keyOf(chosen))}
          refusal={status.data?.refusal ?? null}
          isBusy={drift.isWaiving}
          onWaive={drift.waive}
          onUnwaive={drift.unwaive}
        />
      </section>
    </div>
  )
}

/** What somebody changed in the database without a migration, object by object. */
export const DriftScreen = () => {
  const { sessionId } = useSession()
  const drift = useDrift()
  const { job, report } = drift
  useScreenCommands([
    job.isRunning
      ? { id: 'stop-drift', title: 'Stop the drift check', run: job.cancel }
      : { id: 'check-drift', title: 'Check for drift', keys: 'v', run: drift.check },
  ])
  return (
    <>
      <PageHead title="Drift" facts={report === null ? undefined : <Facts report={report} />}>
        <Button
          renderRoot={(props) => <Link {...props} to="/s/$sessionId/migrations" params={{ sessionId }} />}
        >
          Migrations
        </Button>
        {!job.isRunning && (
          <Button variant="filled" onClick={drift.check}>
            {report === null ? 'Check now' : 'Check again'}
          </Button>
        )}
      </PageHead>
      {job.isRunning ? (
        <Checking drift={drift} />
      ) : job.error !== null ? (
        <ErrorState error={job.error} onRetry={drift.check} />
      ) : report === null ? (
        <EmptyState title="Not checked yet in this session.">
          A check runs the migrations up to the applied version in a shadow database, and compares all objects
          of the two. It changes nothing here. What is pending does not count.
        </EmptyState>
      ) : (
        <Report drift={drift} report={report} />
      )}
      <StatusBar end={report === null ? undefined : `took ${formatDuration(report.milliseconds)}`}>
        {report !== null && (
          <span>
            {`compared with ${report.shadow === 'same-server' ? 'a temporary database on the same server' : 'an embedded server'}, made `}
            <Timestamp value={report.shadowMadeAt} format="relative" />
          </span>
        )}
      </StatusBar>
    </>
  )
}
