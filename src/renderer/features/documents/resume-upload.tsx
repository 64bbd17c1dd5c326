import { Button } from '@mantine/core'
import { useRef, useState } from 'react'
import { ChangeDialog } from '../../ui/change-dialog.tsx'
import { useUploads } from './use-uploads.ts'

type ResumeUploadProps = { document: { id: string; filename: string; plant: string }; onChanged: () => void }

/** Goes on with an upload that ended half-way, in whatever session, with the same file. */
export const ResumeUpload = ({ document: { id, filename, plant }, onChanged }: ResumeUploadProps) => {
  const input = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<File | null>(null)
  const uploads = useUploads(onChanged)
  const resume = async (reason: string) => {
    if (file === null) return
    await uploads.add.mutateAsync({ files: [{ file, documentId: id }], plant, site: null, reason })
    setFile(null)
  }
  return (
    <>
      <Button variant="filled" onClick={() => input.current?.click()}>
        Resume with the file…
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={`File of ${filename}`}
        onChange={(event) => {
          setFile(event.currentTarget.files?.[0] ?? null)
          event.currentTarget.value = ''
        }}
      />
      {file !== null && (
        <ChangeDialog
          title={`Resume ${filename}`}
          verb="Resume"
          onChange={resume}
          onClose={() => setFile(null)}
        >
          <p className="form-text">
            {file.name} is hashed first: only the very file that document {id} was begun with goes on. What of
            it is in the storage already is not sent again.
          </p>
        </ChangeDialog>
      )}
    </>
  )
}
