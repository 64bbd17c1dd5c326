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
