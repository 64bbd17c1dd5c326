import { type EdgeProps, useStore } from '@xyflow/react'
import { memo } from 'react'
import type { ReferenceEdge } from './diagram-graph.ts'
import { referenceLine } from './reference-line.ts'

const originOf = (position: { x: number; y: number } | undefined) => position ?? { x: 0, y: 0 }

/** The line of a foreign key, wherever its two tables were dragged. */
export const ReferenceEdgeView = memo(({ source, target, data }: EdgeProps<ReferenceEdge>) => {
  const from = useStore(({ nodeLookup }) => nodeLookup.get(source)?.internals.positionAbsolute)
  const to = useStore(({ nodeLookup }) => nodeLookup.get(target)?.internals.positionAbsolute)
  if (data === undefined) return null
  const { line, signs } = referenceLine(
    data.reference,
    data.source,
    originOf(from),
    data.target,
    originOf(to),
  )
  return (
    <>
      <path className="diagram-line" data-loose={!data.reference.holds || undefined} d={line} />
      <path className="diagram-signs" d={signs} />
    </>
  )
})
