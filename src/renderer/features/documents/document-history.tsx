import { useQuery } from '@tanstack/react-query'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { RowHistoryLink } from '../../ui/row-history-link.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'

const of = { schema: 'public', table: 'documents' }
const shownEvents = 6

/** What happened to an event's document, in a word where the trail has one. */
const what = (op: string, after: string | null): string => {
  if (op !== 'ACCESS' || after === null) return op
  const { what: access } = JSON.parse(after) as { what?: string }
  return access === 'document link' ? 'LINK' : access === 'document download' ? 'DOWNLOAD' : op
}

/** The last events of a document, for who may read the trail. */
export const DocumentHistory = ({ id }: { id: string }) => {
  const { sessionId } = useSession()
  const { data, error } = useQuery(
    trpc.audit.biography.queryOptions({ sessionId, ...of, row: id }, { ...abortable, staleTime: 0 }),
  )
  const entries = data?.entries.filter(({ op }) => op !== 'NOTE' && op !== 'DDL').slice(0, shownEvents)
  return (
    <section className="document-part" aria-label="History">
      <h3>History</h3>
      {error !== null && <ErrorState variant="line" error={error} />}
      {error === null && entries === undefined && <SkeletonRows rows={3} label="Reading the history" />}
      {entries?.length === 0 && <p className="record-none">Nothing was recorded of it.</p>}
      {entries !== undefined && entries.length > 0 && (
        <ol className="document-events">
          {entries.map(({ id: event, op, at, actor, reason, after }) => (
            <li key={event}>
              <span className="op" data-op={op}>
                {what(op, after)}
              </span>
              <span>
                {actor}, <Timestamp value={at} format="relative" />
                {reason !== null && <span className="dim document-reason">{reason}</span>}
              </span>
            </li>
          ))}
        </ol>
      )}
      <RowHistoryLink {...of} row={id} />
    </section>
  )
}
