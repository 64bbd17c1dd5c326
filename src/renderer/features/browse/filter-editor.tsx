import { Button, MultiSelect, Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { GridColumn, RowFilter } from '../../../shared/rows.ts'
import {
  draftOf,
  type FilterDraft,
  type FilterOperator,
  filterOf,
  operatorLabels,
  operatorsFor,
} from './filter-operators.ts'

const hints: Partial<Record<FilterOperator, string>> = {
  'json path': '$.approvals[*].seq > 10',
  matches: 'POSIX regular expression',
}
const containsHints: Partial<Record<GridColumn['family'], string>> = {
  json: '{"product": "…"}',
  array: '{a,b}',
  range: 'a value or [from,to)',
}
const placeholders: Partial<Record<GridColumn['family'], string>> = {
  timestamp: '2026-11-22 09:00+00',
  date: '2026-11-22',
  interval: '2 days 03:00',
}
const lastDays = [
  { label: 'last 24 h', days: 1 },
  { label: 'last 7 days', days: 7 },
  { label: 'last 30 days', days: 30 },
]

type ValuesProps = {
  column: GridColumn
  draft: FilterDraft
  onChange: (change: Partial<FilterDraft>) => void
}

/** The inputs that an operator needs for a column of this family. Values are what PostgreSQL reads, in its own text. */
const Values = ({ column, draft, onChange }: ValuesProps) => {
  const { op, value, to, values } = draft
  const text = (event: { currentTarget: { value: string } }) => onChange({ value: event.currentTarget.value })
  if (op === 'is null' || op === 'is not null') return null
  if (op === 'in') {
    return column.enumLabels.length > 0 ? (
      <MultiSelect
        label="Values"
        data={column.enumLabels}
        value={values}
        onChange={(chosen) => onChange({ values: chosen })}
        comboboxProps={{ withinPortal: false }}
      />
    ) : (
      <Textarea
        label="Values, one on each line"
        minRows={4}
        rows={5}
        value={values.join('\n')}
        onChange={(event) => {
          const lines = event.currentTarget.value.split('\n')
          onChange({ values: lines.length === 1 && lines[0] === '' ? [] : lines })
        }}
      />
    )
  }
  if (op === '=' && column.family === 'boolean') {
    return (
      <Select
        label="Value"
        data={[
          { value: 't', label: 'true' },
          { value: 'f', label: 'false' },
        ]}
        value={value || null}
        onChange={(chosen) => onChange({ value: chosen ?? '' })}
        comboboxProps={{ withinPortal: false }}
      />
    )
  }
  if (column.enumLabels.length > 0 && op !== 'between') {
    return (
      <Select
        label="Value"
        data={column.enumLabels}
        value={value || null}
        onChange={(chosen) => onChange({ value: chosen ?? '' })}
        comboboxProps={{ withinPortal: false }}
      />
    )
  }
  const hint = op === '@>' ? containsHints[column.family] : (hints[op] ?? placeholders[column.family])
  return (
    <>
      <TextInput
        label={op === 'between' ? 'From' : 'Value'}
        value={value}
        placeholder={hint}
        onChange={text}
        data-autofocus
        spellCheck={false}
      />
      {op === 'between' && (
        <TextInput
          label="To, inclusive"
          value={to}
          placeholder={hint}
          onChange={(event) => onChange({ to: event.currentTarget.value })}
          spellCheck={false}
        />
      )}
      {column.family === 'timestamp' && op !== 'between' && (
        <div className="filter-presets">
          {lastDays.map(({ label, days }) => (
            <button
              key={label}
              type="button"
              className="link"
              onClick={() =>
                onChange({ op: '>=', value: new Date(Date.now() - days * 86_400_000).toISOString() })
              }
            >
              {label}
            </button>
          ))}
        </div>
      )}
    </>
  )
}

type FilterEditorProps = {
  columns: readonly GridColumn[]
  /** The column, or the filter that is changed. */
  initial: { column: string } | RowFilter
  onApply: (filter: RowFilter) => void
}

/** A form for one filter: column, operator of its family, values. Enter applies it. */
export const FilterEditor = ({ columns, initial, onApply }: FilterEditorProps) => {
  const first = columns.find(({ name }) => name === initial.column) ?? columns[0]
  const [draft, setDraft] = useState(() =>
    first === undefined ? null : draftOf(first, 'op' in initial ? initial : undefined),
  )
  const column = columns.find(({ name }) => name === draft?.column)
  if (draft === null || column === undefined) return null
  const change = (part: Partial<FilterDraft>) => setDraft({ ...draft, ...part })
  const filter =
    column.family === 'boolean' && draft.op === '=' && draft.value === '' ? null : filterOf(draft)
  return (
    <form
      className="filter-editor"
      onSubmit={(event) => {
        event.preventDefault()
        if (filter !== null) onApply(filter)
      }}
    >
      <div className="filter-editor-line">
        <Select
          label="Column"
          searchable
          limit={200}
          data={columns.map(({ name }) => name)}
          value={column.name}
          onChange={(name) => {
            const next = columns.find((other) => other.name === name)
            if (next !== undefined) setDraft(draftOf(next))
          }}
          comboboxProps={{ withinPortal: false }}
        />
        <Select
          label="Operator"
          data={operatorsFor(column).map((op) => ({ value: op, label: operatorLabels[op] }))}
          value={draft.op}
          onChange={(chosen) => {
            const op = operatorsFor(column).find((other) => other === chosen)
            if (op !== undefined) change({ op })
          }}
          comboboxProps={{ withinPortal: false }}
        />
      </div>
      <Values column={column} draft={draft} onChange={change} />
      <div className="filter-editor-end">
        <span className="filter-type">{column.type}</span>
        <Button type="submit" variant="filled" disabled={filter === null}>
          Filter
        </Button>
      </div>
    </form>
  )
}
