import { Popover } from '@mantine/core'
import type { GridColumn, RowFilter, RowSort } from '../../../shared/rows.ts'
import { Chip } from '../../ui/chip.tsx'
import { ToolBar } from '../../ui/tool-bar.tsx'
import { FilterEditor } from './filter-editor.tsx'
import { filterText } from './filter-operators.ts'

/** Which filter is being edited: one that is set, or a new one on a column. */
export type EditedFilter = { at: number } | { column: string } | null

type FilterBarProps = {
  columns: readonly GridColumn[]
  keyColumns: readonly string[]
  filters: RowFilter[]
  sort: RowSort[]
  edited: EditedFilter
  onEdit: (edited: EditedFilter) => void
  onFilters: (filters: RowFilter[]) => void
  onSort: (sort: RowSort[]) => void
}

const sortWords = (sort: readonly RowSort[], key: readonly string[]): string => {
  if (sort.length > 0) {
    return sort.map(({ column, direction }) => `${column} ${direction === 'asc' ? '↑' : '↓'}`).join(', ')
  }
  return key.length > 0 ? `${key.join(', ')} ↑` : 'nothing'
}

/** The filters that are set, each a chip that opens its editor, and what the rows are sorted by. */
export const FilterBar = ({
  columns,
  keyColumns,
  filters,
  sort,
  edited,
  onEdit,
  onFilters,
  onSort,
}: FilterBarProps) => {
  const initial =
    edited === null ? null : 'at' in edited ? (filters[edited.at] ?? null) : { column: edited.column }
  const apply = (filter: RowFilter) => {
    onFilters(edited !== null && 'at' in edited ? filters.with(edited.at, filter) : [...filters, filter])
    onEdit(null)
  }
  return (
    <ToolBar
      label="Filters"
      end={
        sort.length > 0 ? (
          <button type="button" className="link" title="Sort by the key again" onClick={() => onSort([])}>
            sorted by {sortWords(sort, keyColumns)} ×
          </button>
        ) : (
          <span>sorted by {sortWords(sort, keyColumns)}</span>
        )
      }
    >
      <div className="filter-chips">
        {filters.map((filter, at) => (
          <Chip
            // biome-ignore lint/suspicious/noArrayIndexKey: a filter is known by its place, two may be alike
            key={at}
            variant="filter"
            label={filter.column}
            title={`${filter.column} ${filterText(filter)}`}
            onClick={() => onEdit({ at })}
            onRemove={() => onFilters(filters.toSpliced(at, 1))}
            removeLabel={`Remove the filter on ${filter.column}`}
          >
            <span className="filter-text">{filterText(filter)}</span>
          </Chip>
        ))}
        <Popover
          opened={initial !== null}
          onChange={(open) => !open && onEdit(null)}
          position="bottom-start"
          trapFocus
          width={380}
          shadow="md"
        >
          <Popover.Target>
            <button
              type="button"
              className="link"
              onClick={() => onEdit(edited === null ? { column: columns[0]?.name ?? '' } : null)}
            >
              + filter
            </button>
          </Popover.Target>
          <Popover.Dropdown>
            {initial !== null && (
              <FilterEditor
                key={JSON.stringify(edited)}
                columns={columns}
                initial={initial}
                onApply={apply}
              />
            )}
          </Popover.Dropdown>
        </Popover>
      </div>
    </ToolBar>
  )
}
