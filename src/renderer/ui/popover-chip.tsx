import { Popover } from '@mantine/core'
import type { ReactNode } from 'react'

type PopoverChipProps = {
  /** What is filtered: `actor`. */
  label: string
  /** What it is filtered to: `any person`. */
  words: string
  opened: boolean
  onOpened: (opened: boolean) => void
  /** Takes the filter away; undefined when there is none. */
  onRemove: (() => void) | undefined
  /** What can be chosen. */
  children: ReactNode
}

/** A filter's chip; a click opens what it can be set to. */
export const PopoverChip = ({ label, words, opened, onOpened, onRemove, children }: PopoverChipProps) => (
  <Popover
    opened={opened}
    onChange={onOpened}
    position="bottom-start"
    shadow="md"
    width={280}
    trapFocus
    returnFocus
  >
    <span className="chip" data-variant="filter">
      <Popover.Target>
        <button type="button" className="chip-button" onClick={() => onOpened(!opened)}>
          <span className="chip-label">{label}</span>
          <span className="chip-value">{words}</span>
        </button>
      </Popover.Target>
      {onRemove !== undefined && (
        <button
          type="button"
          className="chip-remove"
          aria-label={`Remove the filter of ${label}`}
          onClick={onRemove}
        >
          ×
        </button>
      )}
    </span>
    <Popover.Dropdown aria-label={`Filter by ${label}`}>{children}</Popover.Dropdown>
  </Popover>
)
