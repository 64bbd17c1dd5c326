import { type PointerEvent, useState } from 'react'
import type { AuditTimeline } from '../../../shared/audit.ts'
import { count } from '../../ui/count.ts'
import { momentWords } from '../../ui/period.ts'

/** From the ground up; what no colour tells apart is drawn with the changes. */
const layers = ['other', 'DDL', 'DELETE'] as const
type Layer = (typeof layers)[number]

const layerOf = (op: string): Layer => (op === 'DELETE' || op === 'DDL' ? op : 'other')

type Bucket = AuditTimeline['buckets'][number]

const eventsOf = ({ counts }: Bucket): number =>
  Object.values(counts ?? {}).reduce((sum, events) => sum + events, 0)

/**
 * Heights of the layers of one bar, from 0 to 1. The bar grows with the root of its events: beside a thousand rows that
 * were deleted at once, the days with forty changes are still told from those with none.
 */
const heightsOf = (bucket: Bucket, highest: number): { [layer in Layer]: number } => {
  const heights = { other: 0, DDL: 0, DELETE: 0 }
  const events = eventsOf(bucket)
  if (events === 0) return heights
  const bar = Math.max(0.04, Math.sqrt(events / highest) * 0.94)
  for (const [op, count] of Object.entries(bucket.counts ?? {}))
    heights[layerOf(op)] += (count / events) * bar
  return heights
}

const wordsOf = ({ from, to, counts }: Bucket): string => {
  const stretch = `${momentWords(from)} to ${momentWords(to)}`
  if (counts === null) return `${stretch} · not counted`
  const ops = Object.entries(counts).filter(([, events]) => events > 0)
  const events = ops.map(([op, number]) => `${op} ${number.toLocaleString('en')}`).join(', ')
  return `${stretch} · ${events || 'no events'}`
}

/** From where on events are counted, if not from the beginning: the newest are counted first. */
const countedFrom = ({ buckets }: AuditTimeline): string | null =>
  buckets.findLast(({ counts }) => counts === null)?.to ?? null

/** `12 events`; while only some are counted, that they are the newest. */
export const totalOf = (timeline: AuditTimeline): string => {
  const since = countedFrom(timeline)
  return `${count(timeline.total, 'event')}${since === null ? '' : ` counted back to ${momentWords(since)}`}`
}

type TimelineProps = {
  timeline: AuditTimeline
  /** A stretch was brushed, or one bar was clicked. */
  onBrush: (from: string, to: string) => void
}

/** Events over time as bars. Brushing is for the mouse; the keyboard chooses a period in the chip above. */
export const Timeline = ({ timeline, onBrush }: TimelineProps) => {
  const { buckets } = timeline
  const [brush, setBrush] = useState<{ from: number; to: number } | null>(null)
  const [hovered, setHovered] = useState<number | null>(null)
  const highest = Math.max(1, ...buckets.map(eventsOf))
  const at = (event: PointerEvent<SVGSVGElement>): number => {
    const box = event.currentTarget.getBoundingClientRect()
    const place = Math.floor(((event.clientX - box.left) / box.width) * buckets.length)
    return Math.max(0, Math.min(place, buckets.length - 1))
  }
  const first = buckets[0]
  const last = buckets.at(-1)
  const shown = hovered === null ? undefined : buckets[hovered]
  const since = countedFrom(timeline)
  const uncounted = since === null ? '' : `not counted before ${momentWords(since)}`
  const low = brush === null ? 0 : Math.min(brush.from, brush.to)
  const high = brush === null ? 0 : Math.max(brush.from, brush.to)

  return (
    <figure className="timeline" aria-label={`Time line of ${totalOf(timeline)}`}>
      <svg
        className="timeline-bars"
        viewBox={`0 0 ${Math.max(1, buckets.length)} 1`}
        preserveAspectRatio="none"
        aria-hidden
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          setBrush({ from: at(event), to: at(event) })
        }}
        onPointerMove={(event) => {
          setHovered(at(event))
          if (brush !== null) setBrush({ from: brush.from, to: at(event) })
        }}
        onPointerLeave={() => setHovered(null)}
        onLostPointerCapture={() => {
          const [from, to] = [buckets[low], buckets[high]]
          if (brush !== null && from !== undefined && to !== undefined) onBrush(from.from, to.to)
          setBrush(null)
        }}
      >
        {brush !== null && (
          <rect className="timeline-brush" x={low} y={0} width={high - low + 1} height={1} />
        )}
        <rect
          className="timeline-uncounted"
          width={buckets.filter(({ counts }) => counts === null).length}
          height={1}
        />
        {buckets.map((bucket, index) => {
          const heights = heightsOf(bucket, highest)
          let ground = 1
          return (
            <g key={bucket.from} data-hovered={hovered === index || undefined}>
              {layers.map((layer) => {
                if (heights[layer] === 0) return null
                const height = heights[layer]
                ground -= height
                return (
                  <rect
                    key={layer}
                    className="timeline-bar"
                    data-layer={layer}
                    x={index + 0.08}
                    y={ground}
                    width={0.84}
                    height={height}
                  />
                )
              })}
            </g>
          )
        })}
      </svg>
      <figcaption className="timeline-words">
        <span>{first === undefined ? '' : momentWords(first.from)}</span>
        <span className="timeline-shown">{shown === undefined ? uncounted : wordsOf(shown)}</span>
        <span>{last === undefined ? '' : momentWords(last.to)}</span>
      </figcaption>
    </figure>
  )
}
