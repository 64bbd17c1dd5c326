import './inspector.css'
import { IconX } from '@tabler/icons-react'
import type { RelationDescription, RowFilter } from '../../../../shared/rows.ts'
import { formatBytes } from '../../../ui/bytes.tsx'
import type { LoadedRow } from '../../../ui/grid/row-source.ts'
import { cellAddress } from '../../../ui/grid/whole-cell.ts'
import { visibleText } from '../../../ui/visible-text.ts'
import type { BrowseView } from '../browse-view.ts'
import { operatorsFor } from '../filter-operators.ts'
import { CellValue } from './cell-value.tsx'
import { RowHistory } from './row-history.tsx'
import { RowList } from './row-list.tsx'

type InspectorProps = {
  sessionId: string
  description: RelationDescription
  /** The focused row and the index of its column; null: nothing is focused. */
  cell: { row: LoadedRow; column: number } | null
  open: BrowseView['open']
  onColumn: (index: number) => void
  onFilter: (filter: RowFilter) => void
  onClose: () => void
}

const rowName = ({ key, columns }: RelationDescription, row: LoadedRow): string => {
  const values = key.map((name) => row.cell(columns.findIndex((column) => column.name === name)) ?? 'NULL')
  return values.length === 0 ? 'Row' : `Row ${values.join(', ').slice(0, 60)}`
}

/** The focused value whole, and the row around it. */
export const Inspector = ({
  sessionId,
  description,
  cell,
  open,
  onColumn,
  onFilter,
  onClose,
}: InspectorProps) => {
  const column = cell === null ? undefined : description.columns[cell.column]
  const close = (
    <button
      type="button"
      className="icon-button inspector-close"
      aria-label="Close the inspector"
      onClick={onClose}
    >
      <IconX size={14} stroke={1.8} />
    </button>
  )
  if (cell === null || column === undefined) {
    return (
      <aside className="inspector" aria-label="Inspector">
        {close}
        <p className="inspector-note">Click a cell, or press Enter on it, to see its whole value and row.</p>
      </aside>
    )
  }
  const text = cell.row.cell(cell.column)
  const cut = cell.row.cut(cell.column)
  const address = cellAddress(sessionId, description, cell.row, cell.column)
  const characters = text?.length ?? 0
  const size =
    cut === undefined
      ? `${characters.toLocaleString('en')} ${characters === 1 ? 'char' : 'chars'}`
      : formatBytes(cut)
  const canFilter = cut === undefined && (text === null || operatorsFor(column).includes('='))
  return (
    <aside className="inspector" aria-label="Inspector">
      {close}
      <h2 className="inspector-title">
        {visibleText(column.name)}{' '}
        <span className="inspector-type">
          {column.type}
          {text !== null && ` · ${size}`}
        </span>
      </h2>
      {column.comment !== null && <p className="inspector-note">{column.comment}</p>}
      <div className="inspector-value">
        <CellValue
          key={JSON.stringify([address, cell.column, address === null ? text : ''])}
          column={column}
          text={text}
          cut={cut}
          address={address}
        />
      </div>
      {canFilter && (
        <button
          type="button"
          className="link inspector-filter"
          onClick={() =>
            onFilter(
              text === null
                ? { op: 'is null', column: column.name }
                : { op: '=', column: column.name, value: text },
            )
          }
        >
          Filter by this value
        </button>
      )}
      <h2 className="inspector-title">{rowName(description, cell.row)}</h2>
      <RowHistory sessionId={sessionId} description={description} row={cell.row} />
      <RowList description={description} row={cell.row} open={open} onColumn={onColumn} />
    </aside>
  )
}
