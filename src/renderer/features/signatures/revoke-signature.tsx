import { Button, Modal } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Signature } from '../../../shared/signatures.ts'
import { notifyDone } from '../../app/notify.ts'
import { queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useAskToWrite } from '../../app/write-access.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { isReason, ReasonField } from '../../ui/reason-field.tsx'

type RevokeSignatureProps = { signature: Signature; onClose: () => void }

/** Takes a signature out of force, for a reason and for good. */
export const RevokeSignature = ({ signature, onClose }: RevokeSignatureProps) => {
  const { id, email } = signature
  const { sessionId } = useSession()
  const askToWrite = useAskToWrite()
  const [reason, setReason] = useState('')
  const revoke = useMutation({
    mutationFn: async () => {
      if (!(await askToWrite())) return false
      await rpc.signatures.revoke.mutate({ sessionId, id, reason })
      return true
    },
    onSuccess: (done) => {
      if (!done) return
      notifyDone(`Signature ${id} is revoked. The image is kept.`)
      onClose()
    },
    onSettled: () => queryClient.invalidateQueries(trpc.signatures.pathFilter()),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    revoke.mutate()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Revoke signature ${id}`}
      size={500}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form className="form" onSubmit={submit}>
        <p className="form-text">
          From now on {email ?? 'this person'} has no signature in force, until another one is added. The
          image is kept, and this one never counts again.
        </p>
        <ReasonField value={reason} onChange={setReason} kept="Kept in the audit trail, with your name" />
        {revoke.error !== null && <ErrorState variant="line" error={revoke.error} />}
        <div className="form-buttons">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="filled"
            color="red"
            loading={revoke.isPending}
            disabled={!isReason(reason)}
          >
            Revoke
          </Button>
        </div>
      </form>
    </Modal>
  )
}
