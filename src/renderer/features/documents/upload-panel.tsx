import './upload.css'
import { Button } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import { ErrorState } from '../../ui/error-state.tsx'
import { isEnded, isStill } from './is-still.ts'
import { UploadRow } from './upload-row.tsx'
import { totalsOf } from './upload-words.ts'
import type { Uploads } from './use-uploads.ts'

const rowHeight = 28

type UploadPanelProps = { uploads: Uploads; onChooseFile: () => void }

/** The uploads of this session at the foot of the documents, however many they are. */
export const UploadPanel = ({ uploads, onChooseFile }: UploadPanelProps) => {
  const scroller = useRef<HTMLDivElement>(null)
  // What goes on, or waits for somebody, is seen first: of a thousand files most are done soon.
  const all = uploads.uploads.toSorted(
    (one, other) => Number(isEnded(one.status)) - Number(isEnded(other.status)),
  )
  const rows = useVirtualizer({
    count: all.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  })
  const moving = all.filter((upload) => !isStill(upload))
  const paused = moving.filter((upload) => upload.paused)
  const failed = all.filter(({ status }) => status === 'failed')
  const ended = all.filter(({ status }) => isEnded(status))
  return (
    <section className="uploads" aria-label="Uploads">
      <div className="uploads-head">
        <strong>Uploads</strong>
        <span className="uploads-totals number" role="status">
          {totalsOf(all)}
        </span>
        {all.some(({ starving }) => starving) && (
          <Button size="compact-xs" onClick={onChooseFile}>
            Choose the files again
          </Button>
        )}
        {failed.length > 0 && (
          <Button size="compact-xs" onClick={() => uploads.act('retry', failed)}>
            Try {failed.length === 1 ? 'it' : 'all'} again
          </Button>
        )}
        {moving.length > paused.length && (
          <Button size="compact-xs" onClick={() => uploads.act('pause', moving)}>
            Pause all
          </Button>
        )}
        {paused.length > 0 && (
          <Button size="compact-xs" onClick={() => uploads.act('resume', paused)}>
            Resume all
          </Button>
        )}
        {moving.length > 0 && (
          <Button size="compact-xs" onClick={() => uploads.act('cancel', moving)}>
            Give all up
          </Button>
        )}
        {ended.length > 0 && (
          <Button size="compact-xs" onClick={() => uploads.act('forget', ended)}>
            Clear finished
          </Button>
        )}
      </div>
      {uploads.error !== null && <ErrorState variant="line" error={uploads.error} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keys */}
      <section className="uploads-list" ref={scroller} tabIndex={0} aria-label="Files on their way">
        <ul style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const upload = all[index]
            return (
              upload !== undefined && (
                <li key={upload.id} className="upload" style={{ transform: `translateY(${start}px)` }}>
                  <UploadRow
                    upload={upload}
                    act={(what) => uploads.act(what, [upload])}
                    onChooseFile={onChooseFile}
                  />
                </li>
              )
            )
          })}
        </ul>
      </section>
    </section>
  )
}
