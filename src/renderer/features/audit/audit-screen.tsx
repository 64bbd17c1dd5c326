import './audit.css'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { type AuditFilters, auditOps } from '../../../shared/audit.ts'
import type { RowFilter, RowSort } from '../../../shared/rows.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useRelation } from '../../app/use-relation.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { FilterChip } from '../../ui/filter-chip.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { anyOf, type RecordColumn } from '../../ui/records/record.ts'
import { RecordBrowser } from '../../ui/records/record-browser.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { ToolBar } from '../../ui/tool-bar.tsx'
import { EventDetail } from './event-detail.tsx'
import { ExportEvidence } from './export-evidence.tsx'
import { IntegrityBar } from './integrity-bar.tsx'
import { between, lastPeriod, type Period, periods } from './period.ts'
import { PeriodChip } from './period-chip.tsx'
import { Timeline } from './timeline.tsx'

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
const bars = 90

/** A table with its schema as one value of a list; names may hold anything, so it is JSON. */
const tableValue = (table: { schema: string; table: string }): string =>
  JSON.stringify([table.schema, table.table])

const rowFilters = ({ from, to }: Period, { ops, actors, tables }: AuditFilters): RowFilter[] => [
  ...(from === null ? [] : [{ op: '>=' as const, column: 'ts', value: from }]),
  ...(to === null ? [] : [{ op: '<' as const, column: 'ts', value: to }]),
  ...anyOf('op', ops),
  ...anyOf('actor', actors),
  ...tables.flatMap(({ schema, table }): RowFilter[] => [
    { op: '=', column: 'schema_name', value: schema },
    { op: '=', column: 'table_name', value: table },
  ]),
]

/** Who did what, when, to which row and why: a time line, filters, and every event with its fields before and after. */
export const AuditScreen = () => {
  const { sessionId } = useSession()
  const { description, error, retry } = useRelation('public', 'audit_logs')
  const [period, setPeriod] = useState<Period>(() => lastPeriod(periods[2]))
  const [chosen, setChosen] = useState<AuditFilters>({ ops: [], actors: [], tables: [] })
  const { from, to } = period
  const timeline = useQuery(
    trpc.audit.timeline.queryOptions(
      { sessionId, from, to, buckets: bars, filters: chosen },
      { ...abortable, placeholderData: keepPreviousData },
    ),
  )
  const facets = useQuery(
    trpc.audit.facets.queryOptions(
      { sessionId, from, to },
      { ...abortable, placeholderData: keepPreviousData },
    ),
  )
  const filters = useMemo(() => rowFilters(period, chosen), [period, chosen])
  const tables = facets.data?.tables ?? []

  return (
    <>
      <PageHead
        title="Audit log"
        facts={timeline.data && `${timeline.data.total.toLocaleString('en')} events, ${period.title}`}
      >
        <ExportEvidence period={period} />
      </PageHead>
      <IntegrityBar />
      <ToolBar
        label="Filters"
        end={
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
        }
      >
        <PeriodChip period={period} onChange={setPeriod} />
        <FilterChip
          label="actor"
          all="any person"
          options={(facets.data?.actors ?? []).map(({ actor, events }) => ({
            value: actor,
            label: actor,
            count: events,
          }))}
          chosen={chosen.actors}
          onChange={(actors) => setChosen({ ...chosen, actors })}
        />
        <FilterChip
          single
          label="table"
          all="all"
          options={tables.map((table) => ({
            value: tableValue(table),
            label: table.schema === 'public' ? table.table : `${table.schema}.${table.table}`,
            count: table.events,
          }))}
          chosen={chosen.tables.map(tableValue)}
          onChange={(values) =>
            setChosen({
              ...chosen,
              tables: tables
                .filter((table) => values.includes(tableValue(table)))
                .map(({ schema, table }) => ({ schema, table })),
            })
          }
        />
        <FilterChip
          label="operation"
          all="all"
          options={(facets.data?.ops ?? []).map(({ op, events }) => ({
            value: op,
            label: op,
            count: events,
          }))}
          chosen={chosen.ops}
          onChange={(ops) => setChosen({ ...chosen, ops: auditOps.filter((op) => ops.includes(op)) })}
        />
      </ToolBar>
      {timeline.error !== null && (
        <ErrorState variant="line" error={timeline.error} onRetry={() => void timeline.refetch()} />
      )}
      {facets.error !== null && timeline.error === null && (
        <ErrorState variant="line" error={facets.error} onRetry={() => void facets.refetch()} />
      )}
      {timeline.data === undefined ? (
        <div className="timeline" />
      ) : (
        <Timeline timeline={timeline.data} onBrush={(start, end) => setPeriod(between(start, end))} />
      )}
      {error !== null && <ErrorState error={error} onRetry={retry} />}
      {error === null && description === undefined && <SkeletonRows label="Opening the audit log" />}
      {description !== undefined && (
        <RecordBrowser
          label="Audit events"
          description={description}
          columns={columns}
          filters={filters}
          initialSort={newestFirst}
          empty={['No events', 'Nothing was recorded in this period that matches these filters.']}
          detail={(row) => <EventDetail row={row} />}
        />
      )}
    </>
  )
}
