/** What is drawn by the worker; all else is text, or is not shown. */
export type PreviewKind = 'pdf' | 'image'

export type ToPreview =
  | { kind: 'open'; as: PreviewKind; contentType: string; bytes: ArrayBuffer }
  /** Pages count from 1. `width`: pixels of the drawing. */
  | { kind: 'draw'; page: number; width: number }

export type FromPreview =
  | { kind: 'opened'; pages: number }
  | { kind: 'drawn'; page: number; bitmap: ImageBitmap; text: string }
  | { kind: 'failed'; message: string }

/** Pixels of one drawing, of an image that is decoded, and along one side: a browser's canvas has no longer ones. */
export const pixelLimit = { drawing: 16_000_000, image: 64_000_000, side: 16_384 } as const
/** Milliseconds for one step of the worker. */
export const patience = 20_000

/** Characters of a text document that are shown, and of a page's text that is read out. */
export const textLimit = { document: 1_000_000, page: 100_000 } as const

/** How a document is shown; null: it is not. */
export const previewOf = (contentType: string): PreviewKind | 'text' | null => {
  if (contentType === 'application/pdf') return 'pdf'
  if (contentType === 'image/png' || contentType === 'image/jpeg') return 'image'
  return contentType.startsWith('text/') || contentType === 'application/json' ? 'text' : null
}
