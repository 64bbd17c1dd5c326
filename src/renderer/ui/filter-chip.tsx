import { Checkbox, TextInput } from '@mantine/core'
import { useState } from 'react'
import { PopoverChip } from './popover-chip.tsx'

type FilterOption = { value: string; label: string; count?: number }

type FilterChipProps = {
  /** What is filtered: `actor`. */
  label: string
  /** Words for "no filter": `any person`. */
  all: string
  options: readonly FilterOption[]
  /** Empty: everything. */
  chosen: readonly string[]
  onChange: (chosen: string[]) => void
  /** Only one value at a time. */
  single?: boolean
  /** By default the chip keeps by itself whether its values are shown. */
  opened?: boolean
  onOpened?: (opened: boolean) => void
}

const wordsOf = (options: readonly FilterOption[], chosen: readonly string[], all: string): string => {
  if (chosen.length === 0) return all
  const labels = chosen.map((value) => options.find((option) => option.value === value)?.label ?? value)
  return labels.length > 2
    ? `${labels.slice(0, 2).join(', ')} and ${labels.length - 2} more`
    : labels.join(', ')
}

/** A chip that names its filter; a click opens the values that can be chosen. */
export const FilterChip = ({
  label,
  all,
  options,
  chosen,
  onChange,
  single = false,
  opened,
  onOpened,
}: FilterChipProps) => {
  const [isOpen, setOpen] = useState(false)
  const [text, setText] = useState('')
  const shown = options.filter((option) => option.label.toLowerCase().includes(text.trim().toLowerCase()))
  const toggle = (value: string) => {
    if (chosen.includes(value)) onChange(chosen.filter((other) => other !== value))
    else onChange(single ? [value] : [...chosen, value])
  }
  return (
    <PopoverChip
      label={label}
      words={wordsOf(options, chosen, all)}
      opened={opened ?? isOpen}
      onOpened={onOpened ?? setOpen}
      onRemove={chosen.length > 0 ? () => onChange([]) : undefined}
    >
      <div className="filter-values">
        {options.length > 8 && (
          <TextInput
            data-autofocus
            aria-label={`Find a value of ${label}`}
            placeholder="Find"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        <div className="filter-list">
          {shown.map(({ value, label: words, count }) => (
            <div key={value} className="filter-value">
              <Checkbox label={words} checked={chosen.includes(value)} onChange={() => toggle(value)} />
              {count !== undefined && <span className="filter-count">{count.toLocaleString('en')}</span>}
            </div>
          ))}
          {shown.length === 0 && <p className="filter-none">Nothing to choose.</p>}
        </div>
      </div>
    </PopoverChip>
  )
}
