/** A point of a line that was drawn, and how wide the line is there, in pixels of the pad. */
export type InkPoint = { x: number; y: number; width: number }
export type Stroke = readonly InkPoint[]

/** Blue black, as of a fountain pen: told from a copy, and dark on any paper. */
const inkColour = '#14213d'
/** Pixels of the pad around the ink. */
const margin = 8

/** How wide the line is under a pen that is pressed so hard; a mouse or finger does not tell. */
export const widthOf = ({ pointerType, pressure }: PointerEvent): number =>
  pointerType === 'pen' && pressure > 0 ? 1 + 3 * pressure : 2.4

type Bounds = { x: number; y: number; width: number; height: number }

/** What the ink covers, with a margin; null where there is none. */
export const inkBounds = (strokes: readonly Stroke[]): Bounds | null => {
  const points = strokes.flat()
  if (points.length === 0) return null
  const reach = (point: InkPoint) => point.width / 2 + margin
  const left = Math.floor(Math.min(...points.map((point) => point.x - reach(point))))
  const top = Math.floor(Math.min(...points.map((point) => point.y - reach(point))))
  const right = Math.ceil(Math.max(...points.map((point) => point.x + reach(point))))
  const bottom = Math.ceil(Math.max(...points.map((point) => point.y + reach(point))))
  return { x: left, y: top, width: right - left, height: bottom - top }
}

const between = (a: InkPoint, b: InkPoint): InkPoint => ({
  x: (a.x + b.x) / 2,
  y: (a.y + b.y) / 2,
  width: (a.width + b.width) / 2,
})

/** Draws strokes as smooth lines: a curve from the middle between two points to the next middle, bent by the point itself. */
export const drawInk = (context: CanvasRenderingContext2D, strokes: readonly Stroke[]): void => {
  context.strokeStyle = inkColour
  context.fillStyle = inkColour
  context.lineCap = 'round'
  context.lineJoin = 'round'
  for (const stroke of strokes) {
    const [first] = stroke
    if (first === undefined) continue
    context.beginPath()
    context.arc(first.x, first.y, first.width / 2, 0, 2 * Math.PI)
    context.fill()
    let from = first
    for (const [index, point] of stroke.entries()) {
      const next = stroke[index + 1]
      const to = next === undefined ? point : between(point, next)
      context.beginPath()
      context.lineWidth = point.width
      context.moveTo(from.x, from.y)
      context.quadraticCurveTo(point.x, point.y, to.x, to.y)
      context.stroke()
      from = to
    }
  }
}

/**
 * The ink alone as a PNG with a transparent ground, trimmed to it: twice as fine as the pad, or as fine as the table takes.
 * @returns null where nothing was drawn
 */
export const inkImage = async (
  strokes: readonly Stroke[],
  limits: { width: number | null; height: number | null },
): Promise<Blob | null> => {
  const bounds = inkBounds(strokes)
  if (bounds === null) return null
  const scale = Math.min(
    2,
    (limits.width ?? Number.POSITIVE_INFINITY) / bounds.width,
    (limits.height ?? Number.POSITIVE_INFINITY) / bounds.height,
  )
  const canvas = document.createElement('canvas')
  canvas.width = Math.floor(bounds.width * scale)
  canvas.height = Math.floor(bounds.height * scale)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This browser draws nothing.')
  context.scale(scale, scale)
  context.translate(-bounds.x, -bounds.y)
  drawInk(context, strokes)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
}
