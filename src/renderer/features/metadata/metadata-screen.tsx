import './metadata.css'
import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMemo, useState } from 'react'
import type { RowFilter, RowSort } from '../../../shared/rows.ts'
import { useRelation } from '../../app/use-relation.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { type RecordColumn, type RelationRow, rowEstimate } from '../../ui/records/record.ts'
import { RecordBrowser } from '../../ui/records/record-browser.tsx'
import { RecordFacts } from '../../ui/records/record-facts.tsx'
import { RecordJson } from '../../ui/records/record-json.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { ToolBar } from '../../ui/tool-bar.tsx'
import { type Place, PlantList, placeTitle } from './plant-list.tsx'

const columns: readonly RecordColumn[] = [
  { name: 'key', title: 'Key', width: 210 },
  { name: 'value', title: 'Value', width: 200, stretches: true },
  { name: 'plant', title: 'Plant', width: 76 },
  { name: 'site', title: 'Site', width: 100 },
]
const byPlace: RowSort[] = [
  { column: 'plant', direction: 'asc' },
  { column: 'site', direction: 'asc' },
  { column: 'key', direction: 'asc' },
]

const placeFilters = (place: Place): RowFilter[] => {
  if (place === null) return []
  const plant: RowFilter = { op: '=', column: 'plant', value: place.plant }
  if (place.site === undefined) return [plant]
  return [
    plant,
    place.site === null ? { op: 'is null', column: 'site' } : { op: '=', column: 'site', value: place.site },
  ]
}

const MetadataDetail = ({ row }: { row: RelationRow }) => {
  const changed = row.text('updated_at')
  return (
    <>
      <h2>{row.text('key')}</h2>
      <RecordFacts
        facts={[
          ['Plant', row.text('plant')],
          ['Site', row.text('site') ?? 'the plant as a whole'],
          ['Changed', changed === null ? null : <Timestamp key="changed" value={changed} />],
          [
            'Changed by',
            <span key="by" className="data">
              {row.text('updated_by')}
            </span>,
          ],
        ]}
      />
      <RecordJson record={row} column="value" />
    </>
  )
}

/** Settings and limits as key and value, by plant and site. */
export const MetadataScreen = () => {
  const { description, error, retry } = useRelation('public', 'metadata')
  const [place, setPlace] = useState<Place>(null)
  const [text, setText] = useState('')
  const [settled] = useDebouncedValue(text.trim(), 250)
  const filters = useMemo(
    (): RowFilter[] => [
      ...placeFilters(place),
      ...(settled === '' ? [] : [{ op: 'contains' as const, column: 'key', value: settled }]),
    ],
    [place, settled],
  )
  return (
    <>
      <PageHead title="Metadata" facts={description && rowEstimate(description)} />
      <ToolBar label="Filters" end={placeTitle(place)}>
        <TextInput
          className="tool-bar-search"
          aria-label="Find in keys"
          placeholder="Find in keys"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </ToolBar>
      <div className="metadata">
        <PlantList chosen={place} onChoose={setPlace} />
        <div className="metadata-rows">
          {error !== null && <ErrorState error={error} onRetry={retry} />}
          {error === null && description === undefined && <SkeletonRows label="Opening the metadata" />}
          {description !== undefined && (
            <RecordBrowser
              label="Metadata"
              description={description}
              columns={columns}
              filters={filters}
              initialSort={byPlace}
              empty={['No keys', 'Nothing is kept here under such a key.']}
              detail={(row) => <MetadataDetail row={row} />}
              statusEnd="values as stored"
            />
          )}
        </div>
      </div>
    </>
  )
}
