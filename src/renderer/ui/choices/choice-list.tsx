import './choice-list.css'
import { type KeyboardEvent, type ReactNode, useEffect, useId } from 'react'

type Choice = {
  id: string
  /** Choices of a group stand together, below its title. */
  group?: string
  content: ReactNode
}

type ChoiceListProps = {
  /** Read out as the name of the list. */
  label: string
  choices: readonly Choice[]
  chosen: string | null
  onChoose: (id: string) => void
  /** Enter, or a second click. */
  onOpen?: (id: string) => void
}

const page = 10

/** Where a key leads from `at` in a list of `count`; null when it is none of the list's keys. */
const target = (key: string, at: number, count: number): number | null => {
  const last = count - 1
  switch (key) {
    case 'ArrowDown':
      return Math.min(last, at + 1)
    case 'ArrowUp':
      return Math.max(0, at - 1)
    case 'PageDown':
      return Math.min(last, at + page)
    case 'PageUp':
      return Math.max(0, at - page)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return null
  }
}

/** A list of lines of which one is chosen, by arrows or the mouse. */
export const ChoiceList = ({ label, choices, chosen, onChoose, onOpen }: ChoiceListProps) => {
  const prefix = useId()
  const elementId = (id: string) => `${prefix}-${id}`
  const groups = [...Map.groupBy(choices, ({ group }) => group)]
  const inOrder = groups.flatMap(([, members]) => members)

  // Also one that was chosen before the list was there.
  useEffect(() => {
    document.getElementById(`${prefix}-${chosen}`)?.scrollIntoView({ block: 'nearest' })
  }, [prefix, chosen])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Enter' && chosen !== null) onOpen?.(chosen)
    const at = inOrder.findIndex(({ id }) => id === chosen)
    const next = inOrder[target(event.key, at, inOrder.length) ?? -1]
    if (next === undefined) return
    event.preventDefault()
    onChoose(next.id)
  }

  const options = (members: readonly Choice[]) =>
    members.map(({ id, content }) => (
      // biome-ignore lint/a11y/useFocusableInteractive: the focus stays on the list, which names the active option
      // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys
      <div
        key={id}
        id={elementId(id)}
        role="option"
        aria-selected={id === chosen}
        className="choice"
        onClick={() => onChoose(id)}
        onDoubleClick={() => onOpen?.(id)}
      >
        {content}
      </div>
    ))

  return (
    <div
      className="choice-list"
      role="listbox"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={chosen === null ? undefined : elementId(chosen)}
      onKeyDown={onKeyDown}
    >
      {groups.map(([group, members]) =>
        group === undefined ? (
          options(members)
        ) : (
          // biome-ignore lint/a11y/useSemanticElements: a group of options in a list box has no element of its own
          <div key={group} role="group" aria-label={group}>
            <div className="choice-group" aria-hidden>
              {group} <span className="choice-count">{members.length}</span>
            </div>
            {options(members)}
          </div>
        ),
      )}
    </div>
  )
}
