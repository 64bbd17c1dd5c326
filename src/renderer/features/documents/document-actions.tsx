import { Button } from '@mantine/core'
import { useState } from 'react'
import type { DocumentAccess } from '../../../shared/document-reading.ts'
import { useSession } from '../../app/session-context.tsx'
import { DownloadButton } from './download-button.tsx'
import { GiveUpDialog, HoldDialog, RetireDialog } from './end-dialogs.tsx'
import { LinkDialog } from './link-dialog.tsx'
import { PreviewDialog } from './preview-dialog.tsx'
import { ResumeUpload } from './resume-upload.tsx'

type Dialog = 'give-up' | 'preview' | 'link' | 'retire' | 'hold' | null

type DocumentActionsProps = {
  document: { id: string; filename: string; plant: string; state: string; isHeld: boolean }
  access: DocumentAccess
  hasStorage: boolean
  onChanged: () => void
}

/** What can be done with a document here and now; what cannot is not offered, and why is said. */
export const DocumentActions = ({ document, access, hasStorage, onChanged }: DocumentActionsProps) => {
  const { writes } = useSession()
  const [dialog, setDialog] = useState<Dialog>(null)
  const { id, state, isHeld } = document
  const mayWrite = writes !== 'refused'
  const isReadable = hasStorage && (state === 'stored' || state === 'retired')
  const isInUse = state === 'stored' || state === 'quarantined'
  const mayTake = isReadable && mayWrite && access.mayTake
  const close = () => setDialog(null)
  return (
    <div className="document-actions">
      {isReadable && (
        <Button variant="filled" onClick={() => setDialog('preview')}>
          Preview
        </Button>
      )}
      {hasStorage && mayWrite && state === 'pending' && (
        <>
          <ResumeUpload document={document} onChanged={onChanged} />
          <Button onClick={() => setDialog('give-up')}>Give up…</Button>
        </>
      )}
      {mayTake && <DownloadButton documentId={id} />}
      {mayTake && <Button onClick={() => setDialog('link')}>Link…</Button>}
      {mayWrite && access.mayHold && isInUse && (
        <Button onClick={() => setDialog('hold')}>{isHeld ? 'Release hold…' : 'Legal hold…'}</Button>
      )}
      {mayWrite && access.mayRetire && isInUse && !isHeld && (
        <Button onClick={() => setDialog('retire')}>Retire…</Button>
      )}
      {!hasStorage && (
        <p className="form-text">This connection knows no storage: its row is all there is here.</p>
      )}
      {isReadable && !mayWrite && (
        <p className="form-text">
          Downloads and links are recorded in the trail, which this read-only connection cannot do.
        </p>
      )}
      {access.mayRetire && isInUse && isHeld && (
        <p className="form-text">Under a legal hold: the database refuses to retire it.</p>
      )}
      {dialog === 'give-up' && <GiveUpDialog document={document} onClose={close} onDone={onChanged} />}
      {dialog === 'preview' && <PreviewDialog document={document} onClose={close} />}
      {dialog === 'link' && <LinkDialog document={document} onClose={close} />}
      {dialog === 'retire' && <RetireDialog document={document} onClose={close} onDone={onChanged} />}
      {dialog === 'hold' && (
        <HoldDialog document={document} on={!isHeld} onClose={close} onDone={onChanged} />
      )}
    </div>
  )
}
