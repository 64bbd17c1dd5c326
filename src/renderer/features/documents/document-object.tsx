import { useQuery } from '@tanstack/react-query'
import type { DocumentObject } from '../../../shared/document-reading.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { formatBytes } from '../../ui/bytes.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { RecordFacts } from '../../ui/records/record-facts.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'

type Version = DocumentObject['versions'][number]

const Versions = ({ versions }: { versions: readonly Version[] }) => (
  <ul className="document-versions" aria-label="Versions in the bucket">
    {versions.map(({ version, bytes, modified, isNewest, isDeletion, isDocument }) => (
      <li key={version ?? 'only'}>
        <span className="dot" data-tone={isDocument ? 'ok' : 'neutral'} />
        <span>
          {isDocument ? 'the document’s' : isDeletion ? 'a deletion' : 'another version'}
          {isNewest && ', newest'}
          <span className="dim">
            {!isDeletion && ` ${formatBytes(bytes)}`}
            {modified !== null && (
              <>
                {' '}
                <Timestamp value={modified} />
              </>
            )}
          </span>
          <span className="data document-version">{version ?? 'the bucket keeps no versions'}</span>
        </span>
      </li>
    ))}
  </ul>
)

const retention = ({ mode, until }: NonNullable<DocumentObject['lock']>) =>
  mode === null || until === null ? null : (
    <>
      {mode.toLowerCase()} until <Timestamp value={until} />
    </>
  )

/** What lies in the bucket, and what keeps it there. */
export const DocumentObjectFacts = ({ id, isHeld }: { id: string; isHeld: boolean }) => {
  const { sessionId } = useSession()
  const { data, error, refetch } = useQuery(
    trpc.documents.object.queryOptions({ sessionId, documentId: id }, { ...abortable, staleTime: 0 }),
  )
  const isThere = data?.versions.some(({ isDocument }) => isDocument)
  const lock = data?.lock ?? null
  return (
    <section className="document-part" aria-label="In the bucket">
      <h3>In the bucket</h3>
      {error !== null && <ErrorState variant="line" error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <SkeletonRows rows={3} label="Asking the storage" />}
      {data !== undefined && (
        <>
          {!isThere && (
            <p className="document-missing">
              <span className="dot" data-tone="crit" /> The version of this document is not there.
            </p>
          )}
          <Versions versions={data.versions} />
          {isThere && data.lockTrouble === null && (
            <RecordFacts
              facts={[
                [
                  'Legal hold',
                  lock === null
                    ? `no Object Lock${isHeld ? ': held by the database only' : ''}`
                    : lock.legalHold
                      ? 'held'
                      : isHeld
                        ? 'not held: put the hold on again'
                        : 'not held',
                ],
                ['Retention', lock && retention(lock)],
              ]}
            />
          )}
          {data.lockTrouble !== null && <ErrorState variant="line" error={data.lockTrouble} />}
        </>
      )}
    </section>
  )
}
