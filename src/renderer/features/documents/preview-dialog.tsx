import { Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { rpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { DrawnDocument } from './preview/drawn-document.tsx'
import { previewOf } from './preview/preview-protocol.ts'
import { TextDocument } from './preview/text-document.tsx'
import { pullDocument } from './pull-document.ts'

type ShownProps = { blob: Blob; name: string; contentType: string; sha256: string }

const Shown = ({ blob, name, contentType, sha256 }: ShownProps) => {
  const kind = previewOf(contentType)
  const source = useMemo(
    () => (kind === null || kind === 'text' ? null : { kind, contentType, blob }),
    [kind, contentType, blob],
  )
  if (source !== null) return <DrawnDocument source={source} name={name} />
  if (kind === 'text') return <TextDocument blob={blob} name={name} sha256={sha256} />
  return <EmptyState title="Not shown">The console shows no {contentType}. Download it.</EmptyState>
}

type PreviewDialogProps = { document: { id: string; filename: string }; onClose: () => void }

/** Shows a document once all of its bytes were found to be its own. */
export const PreviewDialog = ({ document: { id, filename }, onClose }: PreviewDialogProps) => {
  const { sessionId } = useSession()
  const { data, error, refetch } = useQuery({
    queryKey: ['bytes of a document', { sessionId, id }],
    // Not kept once it is closed, and read again when it is opened again.
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const opened = await rpc.documents.open.mutate(
        { sessionId, documentId: id, purpose: 'preview' },
        { signal },
      )
      return { opened, blob: await pullDocument(sessionId, opened, signal) }
    },
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={filename}
      size="min(1100px, 94vw)"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <SkeletonRows label="Reading the document" />}
      {data !== undefined && (
        <>
          <p className="form-text preview-checked">
            <span className="dot" data-tone="ok" /> SHA-256 checked: these are the bytes that the row speaks
            of.
          </p>
          <Shown
            blob={data.blob}
            name={filename}
            contentType={data.opened.contentType}
            sha256={data.opened.sha256}
          />
        </>
      )}
    </Modal>
  )
}
