import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { documentStates } from '../../../shared/documents.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { FilterChip } from '../../ui/filter-chip.tsx'
import { OneLine } from '../../ui/one-line.tsx'
import { PeriodChip } from '../../ui/period-chip.tsx'
import { TextChip } from '../../ui/text-chip.tsx'
import { ToolBar } from '../../ui/tool-bar.tsx'
import type { DocumentFilters } from './document-filters.ts'

const asOptions = (values: readonly string[]) => values.map((value) => ({ value, label: value }))

type DocumentFilterBarProps = {
  filters: DocumentFilters
  onChange: (changes: Partial<DocumentFilters>) => void
  /** Of the search in file names. */
  search: React.ReactNode
}

/** All that documents can be filtered by. What is set holds together. */
export const DocumentFilterBar = ({ filters, onChange, search }: DocumentFilterBarProps) => {
  const { sessionId } = useSession()
  const [isHashOpen, setHashOpen] = useState(false)
  const facets = useQuery(trpc.documents.facets.queryOptions({ sessionId }, abortable))
  const { plants = [], sites = [], types = [], roles = [], people = [] } = facets.data ?? {}
  return (
    <ToolBar label="Filters" end={search}>
      <OneLine whole={isHashOpen}>
        <FilterChip
          label="state"
          all="any"
          options={asOptions(documentStates)}
          chosen={filters.states}
          onChange={(states) => onChange({ states })}
        />
        <FilterChip
          label="plant"
          all="all"
          options={asOptions(plants)}
          chosen={filters.plants}
          onChange={(chosen) => onChange({ plants: chosen })}
        />
        <FilterChip
          label="site"
          all="all"
          options={asOptions(sites)}
          chosen={filters.sites}
          onChange={(chosen) => onChange({ sites: chosen })}
        />
        <PeriodChip period={filters.period} onChange={(period) => onChange({ period })} />
        <FilterChip
          label="type"
          all="any"
          options={asOptions(types)}
          chosen={filters.types}
          onChange={(chosen) => onChange({ types: chosen })}
        />
        <FilterChip
          single
          label="uploader"
          all="anybody"
          options={[
            ...roles.map((role) => ({ value: `role ${role}`, label: role })),
            ...people.map(({ id, name }) => ({ value: `person ${id}`, label: name })),
          ]}
          chosen={filters.uploader}
          onChange={(uploader) => onChange({ uploader })}
        />
        <FilterChip
          single
          label="hold"
          all="with or without"
          options={[{ value: 'held', label: 'under a legal hold' }]}
          chosen={filters.onlyHeld ? ['held'] : []}
          onChange={([held]) => onChange({ onlyHeld: held !== undefined })}
        />
        <TextChip
          label="SHA-256"
          hint="Its beginning is enough."
          all="any"
          value={filters.hash}
          opened={isHashOpen}
          onOpened={setHashOpen}
          onChange={(hash) => onChange({ hash })}
        />
      </OneLine>
    </ToolBar>
  )
}
