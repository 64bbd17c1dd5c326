import { formatBytes } from '../../ui/bytes.tsx'
import type { RelationRow } from '../../ui/records/record.ts'
import { RecordFacts } from '../../ui/records/record-facts.tsx'
import { RecordJson } from '../../ui/records/record-json.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { DocumentState } from './document-state.tsx'

/** Everything that the database knows of one document. */
export const DocumentDetail = ({ row }: { row: RelationRow }) => {
  const moment = (column: string) => {
    const value = row.text(column)
    return value === null ? null : <Timestamp value={value} />
  }
  const bytes = row.text('bytes')
  const state = row.text('state')
  const mono = (column: string) => <span className="data">{row.text(column)}</span>
  return (
    <>
      <h2>{row.text('filename')}</h2>
      <RecordFacts
        facts={[
          ['State', state === null ? null : <DocumentState key="state" state={state} />],
          ['Plant', [row.text('plant'), row.text('site')].filter((part) => part !== null).join(' · ')],
          ['Size', bytes === null ? null : `${formatBytes(Number(bytes))}, ${bytes} bytes`],
          ['Uploaded', moment('created_at')],
          ['Stored', moment('stored_at')],
          ['Uploaded by', mono('uploaded_by')],
          ['Storage key', mono('s3_key')],
          ['SHA-256', mono('sha256')],
        ]}
      />
      <RecordJson record={row} column="payload" />
    </>
  )
}
