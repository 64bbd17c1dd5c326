import { Menu } from '@mantine/core'
import type { ReactNode } from 'react'
import type { GridColumns, PlacedColumn } from './use-grid-columns.ts'

/** What a screen adds to the menu of a column. */
export type ColumnMenuActions = { onFilter?: ((name: string) => void) | undefined }

type ColumnMenuProps = {
  placed: PlacedColumn
  isPinned: boolean
  columns: GridColumns
  isOpen: boolean
  onOpen: (open: boolean) => void
  onSort: ((name: string, additive: boolean) => void) | undefined
  actions: ColumnMenuActions
  icon: ReactNode
}

const step = 40

/** Everything that can be done to a column, for mouse and keyboard. Its parts are made only when it is opened. */
export const ColumnMenu = ({
  placed,
  isPinned,
  columns,
  isOpen,
  onOpen,
  onSort,
  actions,
  icon,
}: ColumnMenuProps) => {
  const { index, column } = placed
  const siblings = isPinned ? columns.pinned : columns.scrolled
  const at = siblings.findIndex((sibling) => sibling.index === index)
  const previous = siblings[at - 1]
  const afterNext = siblings[at + 2]
  const button = (
    <button
      type="button"
      tabIndex={-1}
      className="grid-menu-button"
      aria-label={`Column ${column.name}`}
      onClick={(event) => {
        event.stopPropagation()
        onOpen(!isOpen)
      }}
    >
      {icon}
    </button>
  )
  if (!isOpen) return button
  return (
    <Menu opened onChange={onOpen} position="bottom-end" width={220} returnFocus={false}>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown onClick={(event) => event.stopPropagation()}>
        {onSort !== undefined && (
          <>
            <Menu.Item onClick={() => onSort(column.name, false)} rightSection="Enter">
              Sort
            </Menu.Item>
            <Menu.Item onClick={() => onSort(column.name, true)} rightSection="Shift+Enter">
              Add to sort
            </Menu.Item>
          </>
        )}
        {actions.onFilter !== undefined && (
          <Menu.Item onClick={() => actions.onFilter?.(column.name)}>Filter…</Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item
          rightSection="Alt+←"
          disabled={previous === undefined}
          onClick={() => columns.move(index, previous?.index ?? null)}
        >
          Move left
        </Menu.Item>
        <Menu.Item
          rightSection="Alt+→"
          disabled={at === siblings.length - 1}
          onClick={() => columns.move(index, afterNext?.index ?? null)}
        >
          Move right
        </Menu.Item>
        <Menu.Item
          rightSection="Alt+↑"
          closeMenuOnClick={false}
          onClick={() => columns.resize(index, placed.width + step)}
        >
          Wider
        </Menu.Item>
        <Menu.Item
          rightSection="Alt+↓"
          closeMenuOnClick={false}
          onClick={() => columns.resize(index, placed.width - step)}
        >
          Narrower
        </Menu.Item>
        <Menu.Item onClick={() => columns.resetWidth(index)}>Own width</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => columns.pin(index, !isPinned)}>
          {isPinned ? 'Let scroll' : 'Pin to the left'}
        </Menu.Item>
        <Menu.Item disabled={columns.visible.length === 1} onClick={() => columns.hide(index, true)}>
          Hide
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
