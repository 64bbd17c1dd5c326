import { Button, Checkbox, Popover, TextInput } from '@mantine/core'
import { IconPin, IconPinFilled } from '@tabler/icons-react'
import { useState } from 'react'
import type { GridColumns } from './use-grid-columns.ts'

/** Lines that are drawn at once; a relation of 1,600 columns is searched, not scrolled. */
const shownColumns = 200

const Chooser = ({ columns }: { columns: GridColumns }) => {
  const [text, setText] = useState('')
  const found = columns.all.filter(({ column }) => column.name.toLowerCase().includes(text.toLowerCase()))
  const visible = columns.all.filter(({ isHidden }) => !isHidden).length
  return (
    <div className="column-chooser">
      <TextInput
        aria-label="Find a column"
        placeholder={`Find among ${columns.all.length.toLocaleString('en')} columns`}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      <ul>
        {found.slice(0, shownColumns).map(({ index, column, isHidden, isPinned }) => (
          <li key={index}>
            <Checkbox
              label={column.name}
              checked={!isHidden}
              disabled={!isHidden && visible === 1}
              onChange={() => columns.hide(index, !isHidden)}
            />
            <span className="grid-head-type">{column.shortType}</span>
            <button
              type="button"
              className="icon-button"
              aria-pressed={isPinned}
              aria-label={`Pin ${column.name} to the left`}
              title={isPinned ? 'Let scroll' : 'Pin to the left'}
              onClick={() => columns.pin(index, !isPinned)}
            >
              {isPinned ? <IconPinFilled size={14} /> : <IconPin size={14} stroke={1.6} />}
            </button>
          </li>
        ))}
      </ul>
      {found.length > shownColumns && (
        <p className="column-chooser-more">{found.length - shownColumns} more: type to find them.</p>
      )}
      <Button onClick={columns.reset}>As in the table</Button>
    </div>
  )
}

/** Chooses which columns are shown and pinned. */
export const ColumnChooser = ({ columns }: { columns: GridColumns }) => (
  <Popover position="bottom-end" width={300} shadow="md" trapFocus>
    <Popover.Target>
      <Button>Columns</Button>
    </Popover.Target>
    <Popover.Dropdown>
      <Chooser columns={columns} />
    </Popover.Dropdown>
  </Popover>
)
