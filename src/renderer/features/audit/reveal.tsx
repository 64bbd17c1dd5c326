import { Button, Modal } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Revealed } from '../../../shared/audit-review.ts'
import { abortable, queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useAskToWrite } from '../../app/write-access.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { isReason, ReasonField } from '../../ui/reason-field.tsx'
import type { RelationRow } from '../../ui/records/record.ts'
import { Changes } from './changes.tsx'
import { ReadOnlyNote } from './read-only-note.tsx'

type RevealDialogProps = { row: RelationRow; onClose: () => void }

const RevealDialog = ({ row, onClose }: RevealDialogProps) => {
  const { sessionId, writes } = useSession()
  const askToWrite = useAskToWrite()
  const [reason, setReason] = useState('')
  const reveal = useMutation({
    mutationFn: async (): Promise<Revealed | null> =>
      (await askToWrite())
        ? rpc.trail.reveal.mutate({
            sessionId,
            at: row.text('ts') ?? '',
            event: row.text('id') ?? '',
            reason,
          })
        : null,
    // What was shown is not kept longer than it is looked at.
    gcTime: 0,
    onSuccess: () => void queryClient.invalidateQueries(trpc.trail.state.pathFilter()),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    reveal.mutate()
  }
  const shown = reveal.data ?? null
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Event ${row.text('id')} without masks`}
      size={560}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {writes === 'refused' && <ReadOnlyNote what="What is revealed leaves an event in the log" />}
      {writes !== 'refused' && shown === null && (
        <form className="form" onSubmit={submit}>
          <ReasonField
            value={reason}
            onChange={setReason}
            kept="Kept in the audit log, with your name and this event"
            hint="Why you have to see it, with the number of the request"
          />
          {reveal.error !== null && <ErrorState variant="line" error={reveal.error} />}
          <div className="form-buttons">
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="filled" loading={reveal.isPending} disabled={!isReason(reason)}>
              Reveal and record
            </Button>
          </div>
        </form>
      )}
      {shown !== null && <Changes before={shown.before} after={shown.after} />}
    </Modal>
  )
}

/** The way to the personal data of an event, for who may have it: it asks why, and is recorded. */
export const Reveal = ({ row }: { row: RelationRow }) => {
  const { sessionId } = useSession()
  const [opened, setOpened] = useState(false)
  const { data } = useQuery(trpc.trail.state.queryOptions({ sessionId }, abortable))
  if (data?.mayReveal !== true) return null
  return (
    <>
      <div className="event-actions">
        <Button onClick={() => setOpened(true)}>Reveal masked, asks a reason</Button>
      </div>
      {opened && <RevealDialog row={row} onClose={() => setOpened(false)} />}
    </>
  )
}
