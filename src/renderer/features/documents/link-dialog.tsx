import { Modal, Select, Textarea } from '@mantine/core'
import { useState } from 'react'
import { type DocumentLink, linkSeconds } from '../../../shared/document-reading.ts'
import { queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { ChangeDialog } from '../../ui/change-dialog.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'

const hour = 3600
const expiries = [
  { value: String(linkSeconds.min), label: '5 minutes' },
  { value: String(linkSeconds.usual), label: '15 minutes' },
  { value: String(hour), label: '1 hour' },
  { value: String(8 * hour), label: '8 hours' },
  { value: String(24 * hour), label: '1 day' },
  { value: String(72 * hour), label: '3 days' },
  { value: String(linkSeconds.max), label: '7 days' },
]

type LinkDialogProps = { document: { id: string; filename: string }; onClose: () => void }

/** Makes a link that works without the console, and shows it once. */
export const LinkDialog = ({ document: { id, filename }, onClose }: LinkDialogProps) => {
  const { sessionId } = useSession()
  const [seconds, setSeconds] = useState(String(linkSeconds.usual))
  const [link, setLink] = useState<DocumentLink | null>(null)
  const make = async (reason: string) => {
    setLink(await rpc.documents.link.mutate({ sessionId, documentId: id, seconds: Number(seconds), reason }))
    void queryClient.invalidateQueries(trpc.audit.pathFilter())
  }
  if (link === null) {
    return (
      <ChangeDialog title={`Link to ${filename}`} verb="Make the link" onChange={make} onClose={onClose}>
        <p className="form-text">
          Whoever has the link gets the document until it expires, without an account. It cannot be taken
          back. That it was made stands in the history of the document before you see it.
        </p>
        <Select
          label="Good for"
          data={expiries}
          value={seconds}
          allowDeselect={false}
          onChange={(value) => value !== null && setSeconds(value)}
        />
      </ChangeDialog>
    )
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Link to ${filename}`}
      size={500}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className="form">
        <p className="form-text">
          Shown this once, and kept nowhere. Good until <Timestamp value={link.expiresAt} />; a key of the
          storage that ends sooner ends it, too.
        </p>
        <Textarea label="Link" readOnly autosize minRows={3} maxRows={8} value={link.url} />
        <div className="form-buttons">
          <CopyButton text={link.url} what="The link">
            Copy the link
          </CopyButton>
        </div>
      </div>
    </Modal>
  )
}
