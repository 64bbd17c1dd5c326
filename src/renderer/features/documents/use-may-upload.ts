import { useQuery } from '@tanstack/react-query'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'

/** Whether files can be uploaded here, and why not. */
export const useMayUpload = (): { mayUpload: boolean; refused: string | null } => {
  const { sessionId, writes, server } = useSession()
  const policy = useQuery(trpc.documents.policy.queryOptions({ sessionId }, abortable))
  if (policy.data === undefined) return { mayUpload: false, refused: null }
  if (policy.data.storage === null) {
    return { mayUpload: false, refused: 'this connection knows no storage: name a bucket in its settings' }
  }
  if (writes !== 'refused') return { mayUpload: true, refused: null }
  return {
    mayUpload: false,
    refused: server.inRecovery ? 'a standby takes no uploads' : 'this connection is read-only',
  }
}
