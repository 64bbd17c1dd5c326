import { Modal } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useState } from 'react'
import { type CatalogObject, relationKinds } from '../../shared/catalog.ts'
import { Keys } from '../ui/keys.tsx'
import { visibleText } from '../ui/visible-text.ts'
import { asConsoleError } from './console-error.ts'
import { abortable, trpc } from './rpc.ts'
import { type Command, useCommands } from './use-commands.ts'

type PaletteProps = { opened: boolean; onClose: () => void; openHelp: () => void }

/** Search over the database's objects and the console's commands, opened with Ctrl/Cmd+K. */
export const Palette = ({ opened, onClose, openHelp }: PaletteProps) => (
  <Modal.Root
    opened={opened}
    onClose={onClose}
    size={620}
    padding={0}
    // At once, or the first letters that are typed go elsewhere.
    transitionProps={{ duration: 0 }}
  >
    <Modal.Overlay />
    <Modal.Content aria-label="Search objects, run a command">
      <PaletteBody onClose={onClose} openHelp={openHelp} />
    </Modal.Content>
  </Modal.Root>
)

type Option = { id: string; title: string; dim: string; keys?: string; run: () => void }

const isRelation = (kind: string): boolean => relationKinds.some((relation) => relation === kind)

const titleOf = ({ schema, name, signature }: CatalogObject): string =>
  visibleText(
    [schema === null ? name : `${schema}.${name}`, signature]
      .join(signature.startsWith('(') ? '' : ' ')
      .trim(),
  )

const asOption = (command: Command): Option => ({ dim: '', ...command })

const PaletteBody = ({ onClose, openHelp }: Omit<PaletteProps, 'opened'>) => {
  const { sessionId } = useParams({ strict: false })
  const navigate = useNavigate()
  const commands = useCommands(sessionId, openHelp)
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const words = text.trim()
  const [settled] = useDebouncedValue(words, 120)

  const search = useQuery(
    trpc.catalog.search.queryOptions(
      { sessionId: sessionId ?? '', text: settled, limit: 30 },
      { ...abortable, enabled: sessionId !== undefined && settled !== '', placeholderData: keepPreviousData },
    ),
  )

  const openObject = ({ kind, oid }: CatalogObject) => {
    if (sessionId === undefined) return
    void (isRelation(kind)
      ? navigate({ to: '/s/$sessionId/browse', params: { sessionId }, search: { relation: oid } })
      : navigate({ to: '/s/$sessionId/object/$kind/$oid', params: { sessionId, kind, oid } }))
  }
  // Until the answer to these words is there, what was found for those before must not be what Enter opens.
  const isAnswered = words === settled && !search.isPlaceholderData
  const fits = ({ schema, name }: CatalogObject): boolean =>
    isAnswered || `${schema}.${name}`.toLowerCase().includes(words.toLowerCase())
  const objects: Option[] =
    words === ''
      ? []
      : (search.data ?? []).filter(fits).map((object) => ({
          id: `${object.kind} ${object.oid}`,
          title: titleOf(object),
          dim: object.kind,
          run: () => openObject(object),
        }))
  const matching = commands
    .filter(({ title }) =>
      words.split(/\s+/).every((word) => title.toLowerCase().includes(word.toLowerCase())),
    )
    .map(asOption)
  const groups = [
    { title: 'Objects', options: objects },
    { title: 'Commands', options: matching },
  ].filter(({ options }) => options.length > 0)
  const options = groups.flatMap((group) => group.options)
  const current = options[Math.min(chosen, options.length - 1)]
  const currentId = current === undefined ? undefined : `palette ${current.id}`.replaceAll(' ', '-')

  useEffect(() => {
    if (currentId !== undefined) document.getElementById(currentId)?.scrollIntoView({ block: 'nearest' })
  }, [currentId])

  const run = (option: Option) => {
    onClose()
    option.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const last = options.length - 1
    const at = Math.min(chosen, last)
    if (event.key === 'ArrowDown') setChosen(at >= last ? 0 : at + 1)
    else if (event.key === 'ArrowUp') setChosen(at <= 0 ? last : at - 1)
    else if (event.key === 'Enter' && current !== undefined && !event.nativeEvent.isComposing) run(current)
    else return
    event.preventDefault()
  }

  return (
    <div className="palette">
      <input
        // biome-ignore lint/a11y/noAutofocus: whoever opens the palette types into it
        autoFocus
        data-autofocus
        className="palette-input"
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={currentId}
        aria-autocomplete="list"
        aria-label="Search objects, run a command"
        placeholder={sessionId === undefined ? 'Run a command' : 'Search objects, run a command'}
        spellCheck={false}
        autoComplete="off"
        maxLength={200}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setChosen(0)
        }}
        onKeyDown={onKeyDown}
      />
      {search.error !== null && words !== '' && (
        <p className="palette-error" role="alert">
          {asConsoleError(search.error).message} {asConsoleError(search.error).remedy}
        </p>
      )}
      <div id="palette-list" className="palette-list" role="listbox" aria-label="Results">
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options in a list box has no element of its own
          <div key={group.title} role="group" aria-label={group.title}>
            <div className="palette-group" aria-hidden>
              {group.title}
            </div>
            {group.options.map((option) => {
              const id = `palette ${option.id}`.replaceAll(' ', '-')
              return (
                // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text field, which names the active option
                // biome-ignore lint/a11y/useKeyWithClickEvents: the text field takes the keys
                <div
                  key={option.id}
                  id={id}
                  role="option"
                  aria-selected={id === currentId}
                  className="palette-option"
                  onClick={() => run(option)}
                  onMouseMove={() => setChosen(options.indexOf(option))}
                >
                  <span className="palette-title">{option.title}</span>
                  <span className="palette-dim">{option.dim}</span>
                  {option.keys !== undefined && <Keys keys={option.keys} />}
                </div>
              )
            })}
          </div>
        ))}
      </div>
      {options.length === 0 && (
        <p className="palette-empty" role="status">
          {search.isFetching || words !== settled ? 'Searching…' : `Nothing is called “${words}”.`}
        </p>
      )}
    </div>
  )
}
