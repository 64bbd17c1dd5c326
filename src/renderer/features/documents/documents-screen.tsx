import './documents.css'
import { Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import type { RowSort } from '../../../shared/rows.ts'
import { abortable, queryClient, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useRelation } from '../../app/use-relation.ts'
import { formatBytes } from '../../ui/bytes.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { allTime } from '../../ui/period.ts'
import { type RecordColumn, rowEstimate } from '../../ui/records/record.ts'
import { RecordBrowser } from '../../ui/records/record-browser.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { DocumentDetail } from './document-detail.tsx'
import { DocumentFilterBar } from './document-filter-bar.tsx'
import { type DocumentFilters, rowFilters } from './document-filters.ts'
import { DocumentState } from './document-state.tsx'
import { LegalHold } from './legal-hold.tsx'
import { typeWords } from './type-words.ts'
import { UploadArea } from './upload-area.tsx'
import { UploadButtons } from './upload-buttons.tsx'
import { useMayUpload } from './use-may-upload.ts'
import { useUploads } from './use-uploads.ts'

const columns: readonly RecordColumn[] = [
  { name: 'filename', title: 'File', width: 200, stretches: true },
  {
    name: 'content_type',
    title: 'Type',
    width: 60,
    render: (type) => <span title={type}>{typeWords(type)}</span>,
  },
  { name: 'plant', title: 'Plant', width: 70 },
  { name: 'site', title: 'Site', width: 92 },
  {
    name: 'bytes',
    title: 'Size',
    width: 70,
    render: (bytes) => <span title={`${bytes} bytes`}>{formatBytes(Number(bytes))}</span>,
  },
  { name: 'state', title: 'State', width: 100, render: (state) => <DocumentState state={state} /> },
  { name: 'legal_hold', title: 'Hold', width: 76, render: (held) => (held === 't' ? <LegalHold /> : ' ') },
  { name: 'created_at', title: 'Uploaded', width: 140, render: (at) => <Timestamp value={at} /> },
]
const narrowColumns = columns.filter(({ name }) => !['site', 'content_type', 'bytes'].includes(name))
const newestFirst: RowSort[] = [{ column: 'id', direction: 'desc' }]
const noFilters: DocumentFilters = {
  states: [],
  plants: [],
  sites: [],
  types: [],
  uploader: [],
  period: allTime,
  hash: null,
  onlyHeld: false,
}

/** The documents of all plants, the newest first: which are in storage, and what can be done with them. */
export const DocumentsScreen = () => {
  const { sessionId } = useSession()
  const { description, error, retry } = useRelation('public', 'documents')
  const facets = useQuery(trpc.documents.facets.queryOptions({ sessionId }, abortable))
  // As the screen opens: another width later scrolls the table, and closes nothing.
  const [isNarrow] = useState(() => window.matchMedia('(max-width: 1000px)').matches)
  const [filters, setFilters] = useState(noFilters)
  const [text, setText] = useState('')
  const [settled] = useDebouncedValue(text.trim(), 250)
  const [revision, setRevision] = useState(0)
  const shown = useMemo(() => rowFilters(filters, settled, revision), [filters, settled, revision])
  const nameOf = (person: string) => facets.data?.people.find(({ id }) => id === person)?.name ?? person
  const reload = useCallback(() => {
    setRevision((before) => before + 1)
    void queryClient.invalidateQueries(trpc.documents.pathFilter())
    void queryClient.invalidateQueries(trpc.audit.pathFilter())
  }, [])
  const uploads = useUploads(reload)
  const { mayUpload, refused } = useMayUpload()

  return (
    <UploadArea uploads={uploads} isOpen={mayUpload}>
      {(choose) => (
        <>
          <PageHead title="Documents" facts={description && rowEstimate(description)}>
            <Button
              renderRoot={(props) => (
                <Link {...props} to="/s/$sessionId/documents/bucket" params={{ sessionId }} />
              )}
            >
              Compare with the bucket
            </Button>
            <UploadButtons choose={choose} mayUpload={mayUpload} refused={refused} />
          </PageHead>
          <DocumentFilterBar
            filters={filters}
            onChange={(changes) => setFilters((before) => ({ ...before, ...changes }))}
            search={
              <TextInput
                className="tool-bar-search"
                aria-label="Find in file names"
                placeholder="Find in file names"
                value={text}
                onChange={(event) => setText(event.currentTarget.value)}
              />
            }
          />
          {error !== null && <ErrorState error={error} onRetry={retry} />}
          {error === null && description === undefined && <SkeletonRows label="Opening the documents" />}
          {description !== undefined && (
            <RecordBrowser
              label="Documents"
              description={description}
              columns={isNarrow ? narrowColumns : columns}
              filters={shown}
              initialSort={newestFirst}
              empty={['No documents', 'Nothing matches these filters.']}
              detail={(row) => (
                <DocumentDetail key={row.text('id')} row={row} nameOf={nameOf} onChanged={reload} />
              )}
            />
          )}
        </>
      )}
    </UploadArea>
  )
}
