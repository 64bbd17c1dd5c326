import { useEffect, useState } from 'react'
import { ConsoleError } from '../../../../shared/errors.ts'
import type { FromPreview } from './preview-protocol.ts'
import { type DrawingSource, startDrawing } from './start-drawing.ts'

type Drawing = {
  /** Null: it is being opened. */
  pages: number | null
  drawn: Extract<FromPreview, { kind: 'drawn' }> | null
  error: ConsoleError | null
}

const blank: Drawing = { pages: null, drawn: null, error: null }

const after = (before: Drawing, told: FromPreview): Drawing => {
  switch (told.kind) {
    case 'opened':
      return { ...blank, pages: told.pages }
    case 'drawn':
      return { ...before, drawn: told }
    case 'failed':
      return {
        ...blank,
        error: new ConsoleError(
          'INVALID_INPUT',
          `The document cannot be shown. ${told.message}`,
          'Download it to look at it in another program.',
        ),
      }
    default:
      return told satisfies never
  }
}

/** One page of a document as it is drawn; the last one stays until the next is there. */
export const useDrawing = (source: DrawingSource, page: number, width: number): Drawing => {
  const [drawing, setDrawing] = useState(blank)
  const [link, setLink] = useState<ReturnType<typeof startDrawing> | null>(null)
  useEffect(() => {
    const started = startDrawing(source, (told) => setDrawing((before) => after(before, told)))
    setLink(started)
    return () => started.end()
  }, [source])
  const isOpen = drawing.pages !== null
  useEffect(() => {
    if (isOpen) link?.draw(page, width)
  }, [link, isOpen, page, width])
  return drawing
}
