import { Button } from '@mantine/core'
import { type PointerEvent as ReactPointerEvent, useEffect, useRef, useState } from 'react'
import { count } from '../../ui/count.ts'
import { drawInk, type Stroke, widthOf } from './ink.ts'

/** Pixels that the pad counts in, however wide it is shown. */
const size = { width: 600, height: 200 }
/** Of the canvas for one of the pad's: fine on any screen. */
const fineness = 2

type DrawingPadProps = { isBusy: boolean; onDrawn: (strokes: readonly Stroke[]) => void }

/** Takes a signature by mouse, pen or finger. */
export const DrawingPad = ({ isBusy, onDrawn }: DrawingPadProps) => {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [strokes, setStrokes] = useState<readonly Stroke[]>([])
  const [current, setCurrent] = useState<Stroke | null>(null)

  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (context === null || context === undefined) return
    context.setTransform(fineness, 0, 0, fineness, 0, 0)
    context.clearRect(0, 0, size.width, size.height)
    drawInk(context, current === null ? strokes : [...strokes, current])
  }, [strokes, current])

  const pointsOf = ({ nativeEvent, currentTarget }: ReactPointerEvent<HTMLCanvasElement>): Stroke => {
    const box = currentTarget.getBoundingClientRect()
    // A pen tells more often than the screen is drawn.
    const told = nativeEvent.getCoalescedEvents?.() ?? []
    return (told.length === 0 ? [nativeEvent] : told).map((event) => ({
      x: ((event.clientX - box.left) * size.width) / box.width,
      y: ((event.clientY - box.top) * size.height) / box.height,
      width: widthOf(event),
    }))
  }
  const end = () => {
    if (current !== null) setStrokes([...strokes, current])
    setCurrent(null)
  }

  return (
    <div className="drawing">
      <canvas
        ref={canvas}
        className="drawing-pad"
        width={size.width * fineness}
        height={size.height * fineness}
        role="img"
        aria-label={
          strokes.length === 0
            ? 'Pad to sign on, empty'
            : `Pad to sign on, ${count(strokes.length, 'line')} drawn`
        }
        onPointerDown={(event) => {
          if (event.button !== 0 || !event.isPrimary) return
          event.currentTarget.setPointerCapture(event.pointerId)
          setCurrent(pointsOf(event))
        }}
        onPointerMove={(event) => {
          if (current !== null && event.isPrimary) setCurrent([...current, ...pointsOf(event)])
        }}
        onPointerUp={end}
        onPointerCancel={end}
      />
      <div className="drawing-buttons">
        <span className="dim">Sign with a mouse, a pen or a finger. By keyboard, choose a file instead.</span>
        <Button disabled={strokes.length === 0} onClick={() => setStrokes(strokes.slice(0, -1))}>
          Undo
        </Button>
        <Button disabled={strokes.length === 0} onClick={() => setStrokes([])}>
          Clear
        </Button>
        <Button
          variant="filled"
          disabled={strokes.length === 0}
          loading={isBusy}
          onClick={() => onDrawn(strokes)}
        >
          Use this drawing
        </Button>
      </div>
    </div>
  )
}
