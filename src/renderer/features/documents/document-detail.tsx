import { useQuery } from '@tanstack/react-query'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { formatBytes } from '../../ui/bytes.tsx'
import type { RelationRow } from '../../ui/records/record.ts'
import { RecordFacts } from '../../ui/records/record-facts.tsx'
import { RecordJson } from '../../ui/records/record-json.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { DocumentActions } from './document-actions.tsx'
import { DocumentHistory } from './document-history.tsx'
import { DocumentObjectFacts } from './document-object.tsx'
import { DocumentState } from './document-state.tsx'
import { LegalHold } from './legal-hold.tsx'

type DocumentDetailProps = {
  row: RelationRow
  /** A person of the ERP by id. */
  nameOf: (person: string) => string
  onChanged: () => void
}

/** Everything that is known of one document, and what can be done with it. */
export const DocumentDetail = ({ row, nameOf, onChanged }: DocumentDetailProps) => {
  const { sessionId, capabilities } = useSession()
  const access = useQuery(trpc.documents.access.queryOptions({ sessionId }, abortable))
  const policy = useQuery(trpc.documents.policy.queryOptions({ sessionId }, abortable))
  const moment = (column: string) => {
    const value = row.text(column)
    return value === null ? null : <Timestamp value={value} />
  }
  const id = row.text('id') ?? ''
  const filename = row.text('filename') ?? ''
  const bytes = row.text('bytes')
  const state = row.text('state') ?? ''
  const isHeld = row.text('legal_hold') === 't'
  const hasStorage = policy.data != null && policy.data.storage !== null
  const mono = (column: string) => {
    const value = row.text(column)
    return value === null ? null : <span className="data">{value}</span>
  }
  const person = row.text('uploaded_by')
  return (
    <>
      <h2>{filename}</h2>
      {access.data !== undefined && policy.data !== undefined && (
        <DocumentActions
          document={{ id, filename, plant: row.text('plant') ?? '', state, isHeld }}
          access={access.data}
          hasStorage={hasStorage}
          onChanged={onChanged}
        />
      )}
      <RecordFacts
        facts={[
          [
            'State',
            <span key="state" className="document-states">
              <DocumentState state={state} />
              {isHeld && <LegalHold />}
            </span>,
          ],
          ['Id', id],
          ['Type', row.text('content_type')],
          ['Size', bytes === null ? null : `${formatBytes(Number(bytes))}, ${bytes} bytes`],
          ['Plant', [row.text('plant'), row.text('site')].filter((part) => part !== null).join(' · ')],
          ['Uploaded by', row.text('uploaded_as') ?? (person === null ? null : nameOf(person))],
          ['Uploaded', moment('created_at')],
          ['Stored', moment('stored_at')],
          ...(state === 'retired' ? [['Retired', moment('retired_at')] as const] : []),
          ['SHA-256', mono('sha256')],
          ['Bucket', row.text('s3_bucket') ?? 'the one of the connection'],
          ['Key', mono('s3_key')],
          ['Version', mono('s3_version')],
        ]}
      />
      {hasStorage && state !== 'pending' && state !== 'abandoned' && (
        <DocumentObjectFacts id={id} isHeld={isHeld} />
      )}
      {capabilities.auditLog && <DocumentHistory id={id} />}
      <RecordJson record={row} column="payload" />
    </>
  )
}
