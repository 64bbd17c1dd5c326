import { type DragEvent, type ReactNode, type RefObject, useRef, useState } from 'react'
import { notifyFailure } from '../../app/notify.ts'
import { droppedFiles, folderFiles } from './dropped-files.ts'
import { UploadDialog } from './upload-dialog.tsx'
import { UploadPanel } from './upload-panel.tsx'
import type { Uploads } from './use-uploads.ts'

/** Opens the system's dialog for files, or for a folder. */
export type ChooseFiles = { files: () => void; folder: () => void }

type UploadAreaProps = {
  uploads: Uploads
  /** Whether files can be uploaded here at all. */
  isOpen: boolean
  children: (choose: ChooseFiles) => ReactNode
}

/** Takes files and folders that are dropped or chosen, and shows what became of them. */
export const UploadArea = ({ uploads, isOpen, children }: UploadAreaProps) => {
  const input = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const again = useRef<HTMLInputElement>(null)
  const [chosen, setChosen] = useState<readonly File[] | null>(null)
  const [isOver, setOver] = useState(false)
  const take = (files: readonly File[]) => {
    if (files.length > 0) setChosen(files)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    if (isOpen) droppedFiles(event.dataTransfer).then(take, notifyFailure)
  }
  const over = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    event.dataTransfer.dropEffect = isOpen ? 'copy' : 'none'
    setOver(isOpen)
  }
  const picker = (
    ref: RefObject<HTMLInputElement | null>,
    label: string,
    onFiles: (files: File[]) => void,
    isFolder = false,
  ) => (
    <input
      ref={ref}
      type="file"
      multiple
      hidden
      aria-label={label}
      {...(isFolder && { webkitdirectory: '' })}
      onChange={(event) => {
        onFiles([...(event.currentTarget.files ?? [])])
        event.currentTarget.value = ''
      }}
    />
  )
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the mouse's way; the buttons are everybody's
    <div
      className="upload-area"
      data-over={isOver || undefined}
      onDragOver={over}
      onDragLeave={(event) => event.currentTarget === event.target && setOver(false)}
      onDrop={drop}
    >
      {children({ files: () => input.current?.click(), folder: () => folder.current?.click() })}
      {picker(input, 'Files to upload', take)}
      {picker(folder, 'Folder to upload', (files) => take(folderFiles(files)), true)}
      {picker(again, 'Files to go on with', (files) => take(uploads.giveAgain(files)))}
      {uploads.uploads.length > 0 && (
        <UploadPanel uploads={uploads} onChooseFile={() => again.current?.click()} />
      )}
      {chosen !== null && <UploadDialog files={chosen} uploads={uploads} onClose={() => setChosen(null)} />}
    </div>
  )
}
