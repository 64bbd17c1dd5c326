import { Button } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { ErrorState } from '../../../ui/error-state.tsx'
import { SkeletonRows } from '../../../ui/skeletons.tsx'
import type { DrawingSource } from './start-drawing.ts'
import { useDrawing } from './use-drawing.ts'

const zooms = [0.5, 0.75, 1, 1.5, 2, 3]
const whole = zooms.indexOf(1)

const step = (value: number, by: number, last: number): number => Math.min(last, Math.max(0, value + by))

type DrawnDocumentProps = { source: DrawingSource; name: string }

/** Pages of a PDF, or an image: page up and down turn them, + and - zoom. */
export const DrawnDocument = ({ source, name }: DrawnDocumentProps) => {
  const place = useElementSize<HTMLElement>()
  const canvas = useRef<HTMLCanvasElement>(null)
  const [page, setPage] = useState(1)
  const [zoom, setZoom] = useState(whole)
  const room = Math.max(320, Math.floor(place.width) - 32)
  const shown = Math.round(room * (zooms[zoom] ?? 1))
  const { pages, drawn, error } = useDrawing(source, page, Math.round(shown * window.devicePixelRatio))
  useEffect(() => {
    if (canvas.current === null || drawn === null) return
    canvas.current.width = drawn.bitmap.width
    canvas.current.height = drawn.bitmap.height
    canvas.current.getContext('2d')?.drawImage(drawn.bitmap, 0, 0)
  }, [drawn])

  const last = pages ?? 1
  const turn = (by: number) => setPage((before) => step(before - 1, by, last - 1) + 1)
  const enlarge = (by: number) => setZoom((before) => step(before, by, zooms.length - 1))
  const keys: { [key: string]: () => void } = {
    PageDown: () => turn(1),
    PageUp: () => turn(-1),
    Home: () => setPage(1),
    End: () => setPage(last),
    '+': () => enlarge(1),
    '-': () => enlarge(-1),
    '0': () => setZoom(whole),
  }
  const onKey = (event: KeyboardEvent) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
    if (act === undefined) return
    event.preventDefault()
    act()
  }
  if (error !== null) return <ErrorState error={error} />
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears the keys of what is inside
    <div className="preview" onKeyDown={onKey}>
      <div className="preview-bar" role="toolbar" aria-label="Pages and zoom">
        {last > 1 && (
          <>
            <Button onClick={() => turn(-1)} disabled={page === 1}>
              Page up
            </Button>
            <Button onClick={() => turn(1)} disabled={page === last}>
              Page down
            </Button>
          </>
        )}
        <span role="status">
          {pages === null ? 'opening' : `page ${page} of ${pages}`} · {Math.round((zooms[zoom] ?? 1) * 100)} %
        </span>
        <span className="preview-bar-end">
          <Button aria-label="Smaller" onClick={() => enlarge(-1)} disabled={zoom === 0}>
            −
          </Button>
          <Button aria-label="Larger" onClick={() => enlarge(1)} disabled={zoom === zooms.length - 1}>
            +
          </Button>
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it */}
      <section ref={place.ref} className="preview-page" aria-label={`Page ${page} of ${name}`} tabIndex={0}>
        {drawn === null && <SkeletonRows label="Drawing the page" />}
        <canvas
          ref={canvas}
          data-page={drawn?.page}
          hidden={drawn === null}
          style={{ width: shown }}
          role="img"
          aria-label={drawn?.text || `Page ${page}`}
        />
      </section>
    </div>
  )
}
