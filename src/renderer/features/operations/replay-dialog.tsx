import { useQuery } from '@tanstack/react-query'
import { notifyDone } from '../../app/notify.ts'
import { abortable, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { ChangeDialog } from '../../ui/change-dialog.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'

type ReplayDialogProps = { onClose: () => void; onDone: () => void }

/** Pauses the replay of a standby, or lets it go on. */
export const ReplayDialog = ({ onClose, onDone }: ReplayDialogProps) => {
  const { sessionId } = useSession()
  const { data, error, refetch } = useQuery(
    trpc.operations.replayPlan.queryOptions(
      { sessionId },
      { ...abortable, staleTime: 0, gcTime: 0, retry: false },
    ),
  )
  const act = data?.state === 'running' ? 'pause' : 'resume'
  const change = async (reason: string) => {
    const { text } = await rpc.operations.setReplay.mutate({ sessionId, act, reason })
    notifyDone(text)
    onDone()
    onClose()
  }
  return (
    <ChangeDialog
      title="Replay of this standby"
      verb={act === 'pause' ? 'Pause the replay' : 'Let the replay go on'}
      isRisky={act === 'pause'}
      isComplete={data?.refusal === null}
      onChange={change}
      onClose={onClose}
    >
      {error !== null && <ErrorState variant="line" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <SkeletonRows rows={4} label="Looking at the replay" />}
      {data !== undefined && data.refusal !== null && <ErrorState variant="line" error={data.refusal} />}
      {data !== undefined && data.refusal === null && (
        <ul className="end-effects" aria-label="What will happen">
          {[...data.effects[act], data.recording.text].map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </ChangeDialog>
  )
}
