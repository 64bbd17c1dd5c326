import './audit.css'
import { SegmentedControl } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { auditRowFilters } from '../../../shared/audit-row-filters.ts'
import type { RowSort } from '../../../shared/rows.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useRelation } from '../../app/use-relation.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { between } from '../../ui/period.ts'
import type { RecordColumn } from '../../ui/records/record.ts'
import { RecordBrowser } from '../../ui/records/record-browser.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { AuditFilterBar } from './audit-filter-bar.tsx'
import { DaysBar } from './days-bar.tsx'
import { EventDetail } from './event-detail.tsx'
import { ExportEvidence } from './export-evidence.tsx'
import { IntegrityBar } from './integrity-bar.tsx'
import { ReviewButton } from './review-button.tsx'
import { RowBiography } from './row-biography.tsx'
import { SavedFilters } from './saved-filters.tsx'
import { Timeline, totalOf } from './timeline.tsx'
import { UnusualBar } from './unusual-bar.tsx'
import { type AuditView, useAuditView } from './use-audit-view.ts'
import { useTimeline } from './use-timeline.ts'

const columns: readonly RecordColumn[] = [
  { name: 'ts', title: 'When', width: 138, render: (ts) => <Timestamp value={ts} /> },
  {
    name: 'op',
    title: 'What',
    width: 96,
    render: (op) => (
      <span className="op" data-op={op}>
        {op}
      </span>
    ),
  },
  { name: 'table_name', title: 'Table', width: 118 },
  { name: 'row_pk', title: 'Row', width: 104 },
  { name: 'actor', title: 'Who', width: 110, render: (actor) => <span className="words">{actor}</span> },
  {
    name: 'acting_role',
    title: 'As role',
    width: 116,
    render: (role) => <span className="words dim">{role}</span>,
  },
  {
    name: 'reason',
    title: 'Reason',
    stretches: true,
    width: 160,
    render: (reason) => <span className="words">{reason}</span>,
  },
]
const newestFirst: RowSort[] = [{ column: 'ts', direction: 'desc' }]

const Legend = () => (
  <>
    <span className="legend" data-layer="other">
      changes
    </span>
    <span className="legend" data-layer="DDL">
      DDL
    </span>
    <span className="legend" data-layer="DELETE">
      deletes
    </span>
  </>
)

/** The history of one row as its versions, or as events like any others. */
const ListChoice = ({ view }: { view: AuditView }) => (
  <SegmentedControl
    aria-label="Show the history as"
    value={view.list}
    data={[
      { value: 'versions', label: 'Versions' },
      { value: 'events', label: 'Events' },
    ]}
    onChange={(list) => view.show({ list: list === 'events' ? 'events' : 'versions' })}
  />
)

/** Who did what, when, to which row and why: a time line, filters, and every event with its fields before and after. */
export const AuditScreen = () => {
  const { sessionId } = useSession()
  const { description, error, retry } = useRelation('public', 'audit_logs')
  const view = useAuditView()
  const { period } = view
  const { from, to } = period
  const [actor, ...others] = view.filters.actors
  const { timeline, ...counting } = useTimeline(view)
  const facets = useQuery(
    trpc.audit.facets.queryOptions(
      { sessionId, from, to },
      { ...abortable, placeholderData: keepPreviousData },
    ),
  )
  const filters = useMemo(() => auditRowFilters({ from, to }, view.filters), [from, to, view.filters])

  return (
    <>
      <PageHead title="Audit log" facts={timeline && `${totalOf(timeline)}, ${period.title}`}>
        <SavedFilters view={view} />
        <ReviewButton period={period} onPeriod={(chosen) => view.show({ period: chosen })} />
        <ExportEvidence period={period} />
      </PageHead>
      <IntegrityBar />
      <AuditFilterBar
        view={view}
        facets={facets.data}
        end={view.historyOf === null ? <Legend /> : <ListChoice view={view} />}
      />
      <UnusualBar view={view} />
      {actor !== undefined && others.length === 0 && <DaysBar view={view} actor={actor} />}
      {counting.error !== null && (
        <ErrorState variant="line" error={counting.error} onRetry={counting.retry} />
      )}
      {facets.error !== null && counting.error === null && (
        <ErrorState variant="line" error={facets.error} onRetry={() => void facets.refetch()} />
      )}
      {timeline === null ? (
        <div className="timeline" aria-busy={counting.error === null}>
          {counting.error === null && 'Counting events'}
        </div>
      ) : (
        <Timeline timeline={timeline} onBrush={(start, end) => view.show({ period: between(start, end) })} />
      )}
      {error !== null && <ErrorState error={error} onRetry={retry} />}
      {error === null && description === undefined && <SkeletonRows label="Opening the audit log" />}
      {view.historyOf !== null && view.list === 'versions' && (
        <RowBiography key={JSON.stringify(view.historyOf)} of={view.historyOf} view={view} />
      )}
      {description !== undefined && (view.historyOf === null || view.list === 'events') && (
        <RecordBrowser
          label="Audit events"
          description={description}
          columns={columns}
          filters={filters}
          initialSort={newestFirst}
          empty={['No events', 'Nothing was recorded in this period that matches these filters.']}
          detail={(row) => <EventDetail row={row} view={view} />}
        />
      )}
    </>
  )
}
