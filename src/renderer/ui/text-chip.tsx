import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { PopoverChip } from './popover-chip.tsx'

type TextChipProps = {
  label: string
  /** What to write, and how it is read. */
  hint: string
  /** Digits only. */
  numeric?: boolean
  value: string | null
  /** Words for "no filter", for a chip that is always there. */
  all?: string
  /** It was just added, and waits for its value. */
  opened: boolean
  onOpened: (opened: boolean) => void
  onChange: (value: string | null) => void
}

/** A filter whose value is written. */
export const TextChip = ({
  label,
  hint,
  numeric = false,
  value,
  all,
  opened,
  onOpened,
  onChange,
}: TextChipProps) => {
  const [text, setText] = useState(value ?? '')
  const isUnfit = numeric && text !== '' && !/^\d{1,18}$/.test(text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onOpened(false)
    onChange(text)
  }
  return (
    <PopoverChip
      label={label}
      words={value ?? all ?? '…'}
      opened={opened}
      onOpened={(open) => {
        setText(value ?? '')
        onOpened(open)
      }}
      onRemove={value === null && all !== undefined ? undefined : () => onChange(null)}
    >
      <form className="filter-values" onSubmit={submit}>
        <TextInput
          data-autofocus
          label={label}
          description={hint}
          error={isUnfit && 'A number.'}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" disabled={text === '' || isUnfit}>
          Show these
        </Button>
      </form>
    </PopoverChip>
  )
}
