import { Button, Modal } from '@mantine/core'
import { count } from '../ui/count.ts'

type EndUploadsProps = { uploads: number; onEnd: () => void; onStay: () => void }

/** Asks before a session ends while files are on their way. */
export const EndUploads = ({ uploads, onEnd, onStay }: EndUploadsProps) => (
  <Modal
    opened
    onClose={onStay}
    title={`${count(uploads, 'upload')} on the way`}
    size={460}
    closeButtonProps={{ 'aria-label': 'Cancel' }}
  >
    <div className="form">
      <p className="form-text">
        Disconnecting stops {uploads === 1 ? 'it where it is' : 'them where they are'}. What was begun stays
        pending, keeps the parts that are in the storage, and is resumed from the list of documents with its
        file; files that wait are not uploaded.
      </p>
      <div className="form-buttons">
        <Button data-autofocus onClick={onStay}>
          Stay connected
        </Button>
        <Button variant="filled" color="red" onClick={onEnd}>
          Stop {count(uploads, 'upload')} and disconnect
        </Button>
      </div>
    </div>
  </Modal>
)
