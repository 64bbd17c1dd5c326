import { Button } from '@mantine/core'
import { useScreenCommands } from '../../app/screen-commands.ts'
import type { ChooseFiles } from './upload-area.tsx'

type UploadButtonsProps = { choose: ChooseFiles; mayUpload: boolean; refused: string | null }

/** The ways to choose what to upload, or why there are none. */
export const UploadButtons = ({ choose, mayUpload, refused }: UploadButtonsProps) => {
  useScreenCommands(
    mayUpload
      ? [
          { id: 'upload-files', title: 'Upload files', keys: 'u', run: choose.files },
          { id: 'upload-folder', title: 'Upload a folder', run: choose.folder },
        ]
      : [],
  )
  if (!mayUpload) return refused === null ? null : <span className="dim">{refused}</span>
  return (
    <>
      <Button onClick={choose.folder}>Upload a folder…</Button>
      <Button variant="filled" onClick={choose.files}>
        Upload files…
      </Button>
    </>
  )
}
