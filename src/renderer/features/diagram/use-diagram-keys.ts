import { useReactFlow } from '@xyflow/react'
import { type KeyboardEvent, useCallback } from 'react'
import type { ReferenceEdge, TableNode } from './diagram-graph.ts'

type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown'

const isDirection = (key: string): key is Direction =>
  key === 'ArrowLeft' || key === 'ArrowRight' || key === 'ArrowUp' || key === 'ArrowDown'

const centerOf = ({ position, data: { shown } }: TableNode) => ({
  x: position.x + shown.width / 2,
  y: position.y + shown.height / 2,
})

/** The nearest table that way; one straight ahead is nearer than one aside. */
const neighbour = (nodes: readonly TableNode[], from: TableNode, direction: Direction): TableNode | null => {
  const start = centerOf(from)
  const isSideways = direction === 'ArrowLeft' || direction === 'ArrowRight'
  const sign = direction === 'ArrowRight' || direction === 'ArrowDown' ? 1 : -1
  let best: { node: TableNode; distance: number } | null = null
  for (const node of nodes) {
    const { x, y } = centerOf(node)
    const ahead = sign * (isSideways ? x - start.x : y - start.y)
    const aside = Math.abs(isSideways ? y - start.y : x - start.x)
    if (node === from || ahead < 20 || aside > 3 * ahead) continue
    const distance = ahead + 2 * aside
    if (best === null || distance < best.distance) best = { node, distance }
  }
  return best?.node ?? null
}

export type DiagramKeys = {
  /** Brings a table to the middle, readable, and gives it the focus. */
  goTo: (id: string) => void
  onKeyDown: (event: KeyboardEvent) => void
}

/** What the keys do on the diagram: arrows from table to table, `+` `-` `0` zoom, Enter opens the rows. */
export const useDiagramKeys = (open: (id: string) => void): DiagramKeys => {
  const flow = useReactFlow<TableNode, ReferenceEdge>()
  const goTo = useCallback(
    (id: string) => {
      const node = flow.getNode(id)
      if (node === undefined) return
      const { x, y } = centerOf(node)
      void flow.setCenter(x, y, { zoom: Math.max(flow.getZoom(), 0.8) })
      document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.focus({
        preventScroll: true,
      })
    },
    [flow],
  )
  const onKeyDown = useCallback(
    (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const element = event.target instanceof Element ? event.target.closest('.react-flow__node') : null
      const node = flow.getNode(element?.getAttribute('data-id') ?? '')
      if (event.key === '+' || event.key === '=') void flow.zoomIn()
      else if (event.key === '-') void flow.zoomOut()
      else if (event.key === '0') void flow.fitView()
      else if (event.key === 'Enter' && node !== undefined) open(node.id)
      else if (isDirection(event.key) && node !== undefined) {
        const next = neighbour(flow.getNodes(), node, event.key)
        if (next !== null) goTo(next.id)
      } else return
      event.preventDefault()
      event.stopPropagation()
    },
    [flow, goTo, open],
  )
  return { goTo, onKeyDown }
}
