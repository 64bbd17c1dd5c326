import { Button } from '@mantine/core'
import { type DragEvent, useRef, useState } from 'react'
import type { SignatureLimits } from '../../../shared/signatures.ts'
import { formatBytes } from '../../ui/bytes.tsx'

/** What the table takes, in words. */
export const limitWords = ({ bytes, mediaTypes, width, height }: SignatureLimits): string =>
  [
    mediaTypes === null
      ? 'PNG or JPEG'
      : mediaTypes.map((type) => type.replace('image/', '').toUpperCase()).join(' or '),
    bytes === null ? null : `at most ${formatBytes(bytes)}`,
    width === null || height === null
      ? null
      : `${width.toLocaleString('en')} × ${height.toLocaleString('en')} pixels`,
  ]
    .filter((part) => part !== null)
    .join(', ')
    .concat(
      bytes === null || width === null || height === null
        ? '. The table states no further limit that this console can read: the server decides.'
        : ', as the table says.',
    )

type ChooseFileProps = { limits: SignatureLimits; isBusy: boolean; onFile: (file: File) => void }

/** Takes an image by a dialog, or dropped. */
export const ChooseFile = ({ limits, isBusy, onFile }: ChooseFileProps) => {
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const take = (files: FileList | null) => {
    const file = files?.[0]
    if (file !== undefined) onFile(file)
  }
  const over = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the mouse's way; the button in it is the keyboard's
    <div
      className="drop-zone"
      data-over={isOver || undefined}
      onDragEnter={over}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        take(event.dataTransfer.files)
      }}
    >
      <input
        ref={input}
        type="file"
        hidden
        aria-label="Image of the signature"
        accept={(limits.mediaTypes ?? ['image/png', 'image/jpeg']).join(',')}
        onChange={(event) => {
          take(event.currentTarget.files)
          // The same file may be chosen again once it was mended.
          event.currentTarget.value = ''
        }}
      />
      <p>
        <Button loading={isBusy} onClick={() => input.current?.click()}>
          Choose a file
        </Button>{' '}
        or drop it here
      </p>
      <p className="dim">{limitWords(limits)}</p>
    </div>
  )
}
