import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { anyOf, type RowFilter, type RowSort } from '../../../shared/rows.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useRelation } from '../../app/use-relation.ts'
import { formatBytes } from '../../ui/bytes.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { FilterChip } from '../../ui/filter-chip.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { type RecordColumn, rowEstimate } from '../../ui/records/record.ts'
import { RecordBrowser } from '../../ui/records/record-browser.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { ToolBar } from '../../ui/tool-bar.tsx'
import { DocumentDetail } from './document-detail.tsx'
import { DocumentState } from './document-state.tsx'

const columns: readonly RecordColumn[] = [
  { name: 'id', title: 'Id', width: 70 },
  { name: 'filename', title: 'File', width: 240, stretches: true },
  { name: 'plant', title: 'Plant', width: 76 },
  { name: 'site', title: 'Site', width: 108 },
  {
    name: 'bytes',
    title: 'Size',
    width: 80,
    render: (bytes) => <span title={`${bytes} bytes`}>{formatBytes(Number(bytes))}</span>,
  },
  { name: 'state', title: 'State', width: 96, render: (state) => <DocumentState state={state} /> },
  { name: 'created_at', title: 'Uploaded', width: 140, render: (at) => <Timestamp value={at} /> },
]
const states = [
  { value: 'pending', label: 'pending' },
  { value: 'stored', label: 'stored' },
]
const newestFirst: RowSort[] = [{ column: 'id', direction: 'desc' }]

/** The documents of all plants, the newest first: which are in storage, which are still on their way. */
export const DocumentsScreen = () => {
  const { sessionId, capabilities } = useSession()
  const { description, error, retry } = useRelation('public', 'documents')
  const plants = useQuery(
    trpc.metadata.plants.queryOptions({ sessionId }, { ...abortable, enabled: capabilities.metadata }),
  )
  const [chosenStates, setStates] = useState<string[]>([])
  const [chosenPlants, setPlants] = useState<string[]>([])
  const [text, setText] = useState('')
  const [settled] = useDebouncedValue(text.trim(), 250)
  const filters = useMemo(
    (): RowFilter[] => [
      ...anyOf('state', chosenStates),
      ...anyOf('plant', chosenPlants),
      ...(settled === '' ? [] : [{ op: 'contains' as const, column: 'filename', value: settled }]),
    ],
    [chosenStates, chosenPlants, settled],
  )

  return (
    <>
      <PageHead title="Documents" facts={description && rowEstimate(description)} />
      <ToolBar label="Filters">
        <FilterChip label="state" all="any" options={states} chosen={chosenStates} onChange={setStates} />
        {plants.data !== undefined && (
          <FilterChip
            label="plant"
            all="all"
            options={plants.data.map(({ plant }) => ({ value: plant, label: plant }))}
            chosen={chosenPlants}
            onChange={setPlants}
          />
        )}
        <TextInput
          className="tool-bar-search"
          aria-label="Find in file names"
          placeholder="Find in file names"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </ToolBar>
      {error !== null && <ErrorState error={error} onRetry={retry} />}
      {error === null && description === undefined && <SkeletonRows label="Opening the documents" />}
      {description !== undefined && (
        <RecordBrowser
          label="Documents"
          description={description}
          columns={columns}
          filters={filters}
          initialSort={newestFirst}
          empty={['No documents', 'Nothing matches these filters.']}
          detail={(row) => <DocumentDetail row={row} />}
        />
      )}
    </>
  )
}
