import { Button } from '@mantine/core'
import { useState } from 'react'
import { notifyDone } from '../../app/notify.ts'
import { rpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { ChangeDialog } from '../../ui/change-dialog.tsx'

/** Lets the figures of all statements begin anew, for a reason. */
export const ResetStatements = ({ onDone }: { onDone: () => void }) => {
  const { sessionId, writes } = useSession()
  const [isOpen, setOpen] = useState(false)
  if (writes === 'refused') return null
  const reset = async (reason: string) => {
    const { text } = await rpc.operations.resetStatements.mutate({ sessionId, only: null, reason })
    notifyDone(text)
    setOpen(false)
    onDone()
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>Reset figures…</Button>
      {isOpen && (
        <ChangeDialog
          title="Reset the figures of all statements"
          verb="Reset figures"
          isRisky
          onChange={reset}
          onClose={() => setOpen(false)}
        >
          <p className="form-text">
            Calls, times and pages of every statement of every database begin at zero. What was counted so far
            is gone; the statements themselves are not touched.
          </p>
        </ChangeDialog>
      )}
    </>
  )
}
