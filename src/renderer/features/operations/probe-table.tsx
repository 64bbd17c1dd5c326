import '../../ui/records/records.css'
import { type ReactNode, useMemo, useState } from 'react'
import type { ProbeAbout, ProbeReport } from '../../../shared/operations.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { DataGrid } from '../../ui/grid/data-grid.tsx'
import { cursorAt, type GridCursor } from '../../ui/grid/grid-cursor.ts'
import { emptyLayout } from '../../ui/grid/grid-layout.ts'
import { useGridColumns } from '../../ui/grid/use-grid-columns.ts'
import { gridColumnsOf, ProbeRows, type ProbeSort, rowKey, sortRows, widthsFor } from './probe-rows.ts'

type Row = ProbeReport['rows'][number]

type ProbeTableProps = {
  about: ProbeAbout
  report: ProbeReport
  /** Key of the chosen row; null: the first one. */
  chosen: string | null
  onChoose: (key: string) => void
  detail: (row: Row) => ReactNode
}

const noLayoutKept = (): undefined => undefined

/** What a probe read, row by row, with the chosen row in full beside it. A new report moves neither. */
export const ProbeTable = ({ about, report, chosen, onChoose, detail }: ProbeTableProps) => {
  const shown = useMemo(() => about.columns.filter(({ isHidden }) => !isHidden), [about])
  const [sort, setSort] = useState<ProbeSort | null>(null)
  const [column, setColumn] = useState(0)
  const rows = useMemo(() => sortRows(report.rows, shown, sort), [report.rows, shown, sort])
  // Widths of the first rows that were seen: later reports move no column.
  const [widths, setWidths] = useState<number[] | null>(null)
  if (widths === null && rows.length > 0) setWidths(widthsFor(shown, rows))
  const [source] = useState(() => new ProbeRows())
  useMemo(() => source.set(rows, shown), [source, rows, shown])
  const described = useMemo(() => gridColumnsOf(shown), [shown])
  const columns = useGridColumns(described, emptyLayout, noLayoutKept, widths)

  const found = rows.findIndex((row) => rowKey(row, about.columns) === chosen)
  const place = found === -1 ? 0 : found
  const row = rows[place]
  const cursor: GridCursor | null = row === undefined ? null : cursorAt({ row: place, column })
  return (
    <div className="records">
      <div className="records-grid">
        <DataGrid
          label={about.title}
          columns={columns}
          rows={source}
          sort={sort === null ? [] : [sort]}
          onSort={(title) =>
            setSort((before) => ({
              column: title,
              direction: before?.column === title && before.direction === 'desc' ? 'asc' : 'desc',
            }))
          }
          cursor={cursor}
          onCursor={(next) => {
            if (next === null) return
            setColumn(next.focus.column)
            const target = rows[next.focus.row]
            if (target !== undefined) onChoose(rowKey(target, about.columns))
          }}
          empty={<EmptyState title={report.summary} />}
        />
      </div>
      {row !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it
        <aside className="record-panel" aria-label="Details" tabIndex={0}>
          {detail(row)}
        </aside>
      )}
    </div>
  )
}
