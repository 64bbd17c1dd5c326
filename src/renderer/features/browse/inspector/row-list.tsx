import type { RelationDescription } from '../../../../shared/rows.ts'
import type { LoadedRow } from '../../../ui/grid/row-source.ts'
import type { BrowseView } from '../browse-view.ts'
import { referencedRow, referencingRows } from '../foreign-keys.ts'

const shownCharacters = 120
/** More lines are no list to read; the grid has a column chooser with a search. */
const shownColumns = 300

type RowListProps = {
  description: RelationDescription
  row: LoadedRow
  open: BrowseView['open']
  /** Shows another cell of the row. */
  onColumn: (index: number) => void
}

const Value = ({ text, cut }: { text: string | null; cut: number | undefined }) => {
  if (text === null) return <span className="grid-null">NULL</span>
  if (text === '') return <span className="inspector-empty">empty</span>
  const isLong = cut !== undefined || text.length > shownCharacters
  return `${text.slice(0, shownCharacters)}${isLong ? '…' : ''}`
}

/** The whole row, one column on a line; foreign keys lead to their row, and below stands what points here. */
export const RowList = ({ description, row, open, onColumn }: RowListProps) => (
  <>
    <dl className="inspector-row">
      {description.columns.slice(0, shownColumns).map((column, index) => {
        const filters = referencedRow(row, description, column)
        const { references } = column
        return (
          <div key={column.name}>
            <dt>
              <button type="button" className="link" onClick={() => onColumn(index)}>
                {column.name}
              </button>
            </dt>
            <dd>
              <Value text={row.cell(index)} cut={row.cut(index)} />
              {references !== null && filters !== null && (
                <button
                  type="button"
                  className="link inspector-reference"
                  onClick={() => open(references.relation, filters)}
                >
                  → {references.table}
                </button>
              )}
            </dd>
          </div>
        )
      })}
    </dl>
    {description.columns.length > shownColumns && (
      <p className="inspector-note">
        {description.columns.length - shownColumns} more columns; the grid shows them all.
      </p>
    )}
    {description.referencedBy.length > 0 && (
      <>
        <h3 className="inspector-title">Referenced by</h3>
        <ul className="inspector-links">
          {description.referencedBy.map((by) => {
            const filters = referencingRows(row, description, by)
            const name = `${by.schema === description.schema ? '' : `${by.schema}.`}${by.table}`
            return (
              <li key={`${by.relation} ${by.columns.join()}`}>
                <button
                  type="button"
                  className="link"
                  disabled={filters === null}
                  onClick={() => filters !== null && open(by.relation, filters)}
                >
                  {name}
                </button>
                <span className="tree-dim"> by {by.columns.join(', ')}</span>
              </li>
            )
          })}
        </ul>
      </>
    )}
  </>
)
