import { notifications } from '@mantine/notifications'
import { notifyDone } from '../../app/notify.ts'
import { rpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { ChangeDialog } from '../../ui/change-dialog.tsx'

type EndProps = { document: { id: string; filename: string }; onClose: () => void; onDone: () => void }

/** Takes a document out of use, for a reason. */
export const RetireDialog = ({ document: { id, filename }, onClose, onDone }: EndProps) => {
  const { sessionId } = useSession()
  const retire = async (reason: string) => {
    await rpc.documents.retire.mutate({ sessionId, documentId: id, reason })
    notifyDone(`${filename} is retired. Row and object are kept.`)
    onClose()
    onDone()
  }
  return (
    <ChangeDialog title={`Retire ${filename}`} verb="Retire" isRisky onChange={retire} onClose={onClose}>
      <p className="form-text">
        It is out of use from then on. Nothing is deleted: the row, its history and its object stay, and it
        can still be read. Under a legal hold the database refuses it.
      </p>
    </ChangeDialog>
  )
}

/** Gives up an upload that nobody will complete, for a reason. */
export const GiveUpDialog = ({ document: { id, filename }, onClose, onDone }: EndProps) => {
  const { sessionId } = useSession()
  const giveUp = async (reason: string) => {
    const { done, trouble } = await rpc.documents.mend.mutate({
      sessionId,
      mending: 'give-up',
      documentId: id,
      reason,
    })
    if (trouble === null) notifyDone(done)
    else {
      notifications.show({
        color: 'red',
        autoClose: false,
        title: `${done} Its parts in the bucket stay`,
        message: `${trouble.message} ${trouble.remedy} A comparison with the bucket finds them.`,
      })
    }
    onClose()
    onDone()
  }
  return (
    <ChangeDialog title={`Give up ${filename}`} verb="Give up" isRisky onChange={giveUp} onClose={onClose}>
      <p className="form-text">
        The document is abandoned, and the parts of every unfinished upload under its key are thrown away: it
        cannot be resumed. Its row and history stay. Refused where somebody touched it within the last hour.
      </p>
    </ChangeDialog>
  )
}

/** Puts a legal hold on a document, or releases it. */
export const HoldDialog = ({
  document: { id, filename },
  on,
  onClose,
  onDone,
}: EndProps & { on: boolean }) => {
  const { sessionId } = useSession()
  const hold = async (reason: string) => {
    const { object, trouble } = await rpc.documents.hold.mutate({ sessionId, documentId: id, on, reason })
    const done = on ? `${filename} is under a legal hold` : `The legal hold on ${filename} is released`
    if (object === 'changed') notifyDone(`${done}, in the database and in the bucket.`)
    if (object === 'none') notifyDone(`${done}, in the database only: the bucket has no Object Lock.`)
    if (trouble !== null) {
      notifications.show({
        color: 'red',
        autoClose: false,
        title: `${done} in the database, but not in the bucket`,
        message: `${trouble.message} ${trouble.remedy} Then do it again.`,
      })
    }
    onClose()
    onDone()
  }
  return (
    <ChangeDialog
      title={on ? `Hold ${filename}` : `Release ${filename}`}
      verb={on ? 'Put on hold' : 'Release'}
      isRisky={!on}
      onChange={hold}
      onClose={onClose}
    >
      <p className="form-text">
        {on
          ? 'Until the hold is released, the database refuses to retire the document, and a bucket with Object Lock refuses to delete its object.'
          : 'From then on the document may be retired. What retention the bucket keeps its object for stays.'}
      </p>
    </ChangeDialog>
  )
}
