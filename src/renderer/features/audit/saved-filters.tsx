import { ActionIcon, Button, Popover, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import {
  type SavedAuditFilters,
  type SavedAuditState,
  savedFilterLimit,
} from '../../../shared/audit-saved-filters.ts'
import { abortable, queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useAskToWrite } from '../../app/write-access.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { lastPeriod, periods } from '../../ui/period.ts'
import { ReadOnlyNote } from './read-only-note.tsx'
import type { AuditView } from './use-audit-view.ts'

/** What was kept as "last 7 days" means those before now. */
const asOfNow = ({ period, filters }: SavedAuditState): SavedAuditState => {
  const preset = periods.find(({ title }) => title === period.title)
  return { filters, period: preset === undefined ? period : lastPeriod(preset) }
}

type ContentProps = { view: AuditView; saved: SavedAuditFilters; onShown: () => void }

const Content = ({ view, saved, onShown }: ContentProps) => {
  const { sessionId, writes } = useSession()
  const askToWrite = useAskToWrite()
  const [name, setName] = useState('')
  const change = useMutation({
    mutationFn: async (work: () => Promise<unknown>) => {
      if (await askToWrite()) await work()
    },
    onSuccess: () => queryClient.invalidateQueries(trpc.audit.savedFilters.pathFilter()),
  })
  const own = name.trim()
  const replaces = saved.some((one) => one.mine && one.name === own)
  const save = (event: FormEvent) => {
    event.preventDefault()
    const { period, filters } = view
    change.mutate(() => rpc.audit.saveFilter.mutate({ sessionId, name: own, state: { period, filters } }), {
      onSuccess: () => setName(''),
    })
  }
  return (
    <div className="saved-filters">
      {saved.length === 0 && (
        <p className="form-text">None yet. Those of all who read this log stand here.</p>
      )}
      <ul aria-label="Saved filters">
        {saved.slice(0, savedFilterLimit).map((one) => {
          const { state } = one
          return (
            <li key={`${one.owner} ${one.name}`}>
              <button
                type="button"
                className="period-preset saved-filter"
                disabled={state === null}
                onClick={() => {
                  if (state === null) return
                  view.show(asOfNow(state))
                  onShown()
                }}
              >
                <span className="words">{one.name}</span>
                {state === null && <span className="dim">of another version of the console</span>}
                {!one.mine && <span className="dim words">{one.owner}</span>}
              </button>
              {one.mine && writes !== 'refused' && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Forget ${one.name}`}
                  onClick={() =>
                    change.mutate(() => rpc.audit.forgetFilter.mutate({ sessionId, name: one.name }))
                  }
                >
                  <IconX size={14} />
                </ActionIcon>
              )}
            </li>
          )
        })}
      </ul>
      {saved.length > savedFilterLimit && (
        <p className="form-text">
          These are {savedFilterLimit} of more, one's own first: forget those that nobody needs.
        </p>
      )}
      {writes === 'refused' ? (
        <ReadOnlyNote what="Filters are kept in the database" />
      ) : (
        <form className="filter-values" onSubmit={save}>
          <TextInput
            data-autofocus
            label="Name for what is shown now"
            description="All who read this log see it."
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" disabled={own === ''} loading={change.isPending}>
            {replaces ? 'Replace' : 'Save'}
          </Button>
        </form>
      )}
      {change.error !== null && <ErrorState variant="line" error={change.error} />}
    </div>
  )
}

/** Filters that people keep: shown by a click, kept by a name. Not there where the database keeps none. */
export const SavedFilters = ({ view }: { view: AuditView }) => {
  const { sessionId } = useSession()
  const [opened, setOpened] = useState(false)
  const { data } = useQuery(trpc.audit.savedFilters.queryOptions({ sessionId }, abortable))
  if (data === undefined || data === null) return null
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button onClick={() => setOpened(!opened)}>Saved filters</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Content view={view} saved={data} onShown={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  )
}
