import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { notifyDone } from '../../app/notify.ts'
import { abortable, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { ChangeDialog } from '../../ui/change-dialog.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'

type DropSlotDialogProps = { name: string; onClose: () => void; onDone: () => void }

/** Drops a slot that nobody uses, once its name was typed: whoever it was for has to begin anew. */
export const DropSlotDialog = ({ name, onClose, onDone }: DropSlotDialogProps) => {
  const { sessionId } = useSession()
  const [typedName, setTypedName] = useState('')
  const { data, error, refetch } = useQuery(
    trpc.operations.dropSlotPlan.queryOptions(
      { sessionId, name },
      { ...abortable, staleTime: 0, gcTime: 0, retry: false },
    ),
  )
  const drop = async (reason: string) => {
    const { text } = await rpc.operations.dropSlot.mutate({ sessionId, name, typedName, reason })
    notifyDone(text)
    onDone()
    onClose()
  }
  return (
    <ChangeDialog
      title={`Drop the slot ${name}`}
      verb="Drop the slot"
      isRisky
      isComplete={data?.refusal === null && typedName === name}
      onChange={drop}
      onClose={onClose}
    >
      {error !== null && <ErrorState variant="line" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <SkeletonRows rows={4} label="Looking at the slot" />}
      {data !== undefined && data.refusal !== null && <ErrorState variant="line" error={data.refusal} />}
      {data !== undefined && data.refusal === null && (
        <>
          <ul className="end-effects" aria-label="What will happen">
            {[...data.effects, data.recording.text].map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
          <TextInput
            label="Name of the slot"
            description="Typed as it stands in the title."
            value={typedName}
            onChange={(event) => setTypedName(event.currentTarget.value)}
          />
        </>
      )}
    </ChangeDialog>
  )
}
