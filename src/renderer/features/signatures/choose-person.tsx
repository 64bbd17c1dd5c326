import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Person } from '../../../shared/signatures.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { ErrorState } from '../../ui/error-state.tsx'

type ChoosePersonProps = { chosen: Person | null; onChoose: (person: Person | null) => void }

/** Finds a person by a part of the address. */
export const ChoosePerson = ({ chosen, onChoose }: ChoosePersonProps) => {
  const { sessionId } = useSession()
  const [text, setText] = useState('')
  const [settled] = useDebouncedValue(text.trim(), 200)
  const search = settled === chosen?.email ? '' : settled
  const people = useQuery(
    trpc.signatures.people.queryOptions(
      { sessionId, text: search },
      { ...abortable, placeholderData: keepPreviousData, staleTime: 0 },
    ),
  )
  const found = people.data ?? []
  const known =
    chosen === null || found.some(({ userId }) => userId === chosen.userId) ? found : [chosen, ...found]
  return (
    <>
      <Select
        data-autofocus
        label="Person"
        placeholder="Part of the address"
        description={
          chosen === null
            ? undefined
            : chosen.inForce === null
              ? `${chosen.role}, has no signature in force`
              : `${chosen.role}, has signature ${chosen.inForce} in force`
        }
        inputWrapperOrder={['label', 'input', 'description']}
        searchable
        allowDeselect={false}
        nothingFoundMessage={people.isFetching ? 'Searching…' : 'Nobody has such an address.'}
        data={known.map(({ userId, email }) => ({ value: userId, label: email }))}
        // The server has found them already.
        filter={({ options }) => options}
        value={chosen?.userId ?? null}
        searchValue={text}
        onSearchChange={setText}
        onChange={(value) => onChoose(known.find(({ userId }) => userId === value) ?? null)}
        autoComplete="off"
        spellCheck={false}
      />
      {people.error !== null && (
        <ErrorState variant="line" error={people.error} onRetry={() => void people.refetch()} />
      )}
    </>
  )
}
