import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { noAuditFilters } from '../../../shared/audit.ts'
import type { Signature, SignatureAccess } from '../../../shared/signatures.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { count } from '../../ui/count.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { RecordFacts } from '../../ui/records/record-facts.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { SignatureGrounds } from './signature-grounds.tsx'
import { SignatureState } from './signature-state.tsx'

/** The image with its hash computed anew, or why it is not shown. */
const StoredImage = ({ signature }: { signature: Signature }) => {
  const { sessionId } = useSession()
  const { data, error, refetch } = useQuery(
    trpc.signatures.image.queryOptions({ sessionId, id: signature.id }, { ...abortable, gcTime: 0 }),
  )
  if (error !== null) return <ErrorState variant="line" error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <SkeletonRows rows={4} label="Reading the image" />
  return (
    <>
      {data.base64 === null || data.facts === null ? (
        <p className="form-text" role="alert">
          <span className="dot" data-tone="crit" /> Not shown: {data.problem}
        </p>
      ) : (
        <SignatureGrounds
          mediaType={data.facts.mediaType}
          base64={data.base64}
          label={`Signature ${signature.id}`}
        />
      )}
      <p className="signature-check" role="status">
        <span className="dot" data-tone={data.isIntact ? 'ok' : 'crit'} />{' '}
        {data.isIntact
          ? 'Its hash was computed here and is that of its row.'
          : 'Its hash was computed here and is another one than its row says: the image was changed or damaged.'}
      </p>
    </>
  )
}

/** Documents of the time that it was in force, approved by its person. */
const Uses = ({ id }: { id: string }) => {
  const { sessionId } = useSession()
  const { data, error, refetch } = useQuery(trpc.signatures.uses.queryOptions({ sessionId, id }, abortable))
  if (error !== null) return <ErrorState variant="line" error={error} onRetry={() => void refetch()} />
  if (data === undefined || data === null) return null
  return (
    <section aria-label="Where it was used">
      <h3>Where it was used</h3>
      <p className="form-text">
        {data.count === 0
          ? 'No document that you may see was approved by this person while it was in force.'
          : `${count(data.count, 'document')} that you may see ${data.count === 1 ? 'was' : 'were'} approved by this person while it was in force.`}
      </p>
      {data.newest.length > 0 && (
        <ul className="signature-uses">
          {data.newest.map((document) => (
            <li key={document.id}>
              <span className="data">{document.id}</span> {document.filename}
              <span className="dim"> {document.plant}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const History = ({ id }: { id: string }) => {
  const { sessionId, capabilities } = useSession()
  if (!capabilities.auditLog) return null
  return (
    <Button
      renderRoot={(props) => (
        <Link
          {...props}
          to="/s/$sessionId/audit"
          params={{ sessionId }}
          state={{
            audit: {
              period: { from: null, to: null, title: 'all time' },
              filters: { ...noAuditFilters, tables: [{ schema: 'public', table: 'signatures' }], row: id },
              list: 'versions',
            },
          }}
        />
      )}
    >
      History
    </Button>
  )
}

const moment = (value: string | null) => (value === null ? null : <Timestamp value={value} />)

type SignatureDetailProps = {
  signature: Signature
  access: SignatureAccess
  /** Null: not this one, or not by this role or session. */
  onReplace: (() => void) | null
  onRevoke: (() => void) | null
}

/** One signature: the image, whose it is, whether it counts, and what can be done with it. */
export const SignatureDetail = ({ signature, access, onReplace, onRevoke }: SignatureDetailProps) => {
  const { id, userId, email, state, supersededBy, bytes } = signature
  return (
    <>
      <h2>{email ?? `Person ${userId}`}</h2>
      {access.maySeeImages ? (
        <StoredImage signature={signature} />
      ) : (
        <p className="form-text">This role may not see images of signatures.</p>
      )}
      <RecordFacts
        facts={[
          ['State', <SignatureState key="state" state={state} />],
          ...(supersededBy === null
            ? []
            : [
                ['Replaced by', `signature ${supersededBy}`] as const,
                ['Replaced', moment(signature.supersededAt)] as const,
              ]),
          ...(signature.revokedAt === null ? [] : [['Revoked', moment(signature.revokedAt)] as const]),
          ['Added', moment(signature.createdAt)],
          ['Kind', signature.mediaType],
          ['Pixels', signature.width === null ? null : `${signature.width} × ${signature.height}`],
          ...(bytes === null ? [] : [['Size', `${bytes.toLocaleString('en')} bytes`] as const]),
          [
            'SHA-256',
            <span key="hash" className="data">
              {signature.sha256}
            </span>,
          ],
        ]}
      />
      <div className="signature-actions">
        {onReplace !== null && <Button onClick={onReplace}>Replace</Button>}
        {onRevoke !== null && <Button onClick={onRevoke}>Revoke</Button>}
        <History id={id} />
      </div>
      {access.maySeePeople && access.maySeeDocuments && <Uses id={id} />}
    </>
  )
}
