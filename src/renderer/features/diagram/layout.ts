import { layout as dagre, Graph } from '@dagrejs/dagre'

export type LayoutInput = {
  tables: { id: string; width: number; height: number }[]
  references: { from: string; to: string }[]
}
/** Left upper corners by table, in the order in which the eye, and the Tab key, go through them. */
export type LayoutOutput = { id: string; x: number; y: number }[]

type Box = LayoutInput['tables'][number]
type Placed = Box & { x: number; y: number }
type Block = { placed: Placed[]; width: number; height: number }

const gap = { column: 90, row: 28, block: 70 } as const
/** Width to height of the whole: that of a wide screen. */
const aspect = 1.7

/** Tables that references join, however indirectly; the largest group first, then tables alone. */
const groupsOf = ({ tables, references }: LayoutInput): Box[][] => {
  const leader = new Map(tables.map(({ id }) => [id, id]))
  const find = (id: string): string => {
    let at = id
    for (let up = leader.get(at); up !== undefined && up !== at; up = leader.get(at)) at = up
    leader.set(id, at)
    return at
  }
  for (const { from, to } of references) leader.set(find(from), find(to))
  const groups = [...Map.groupBy(tables, ({ id }) => find(id)).values()]
  return groups.sort((a, b) => b.length - a.length)
}

const bounds = (placed: Placed[]): Block => {
  const left = Math.min(...placed.map(({ x }) => x))
  const top = Math.min(...placed.map(({ y }) => y))
  return {
    placed: placed.map((box) => ({ ...box, x: box.x - left, y: box.y - top })),
    width: Math.max(...placed.map(({ x, width }) => x + width)) - left,
    height: Math.max(...placed.map(({ y, height }) => y + height)) - top,
  }
}

/** Boxes below each other, in as many columns as bring the block near to the wished height. */
const columnsOf = (boxes: readonly Box[], wished: number): Block => {
  const placed: Placed[] = []
  let x = 0
  let y = 0
  let width = 0
  for (const box of boxes) {
    if (y > 0 && y + box.height > wished) {
      x += width + gap.row
      y = 0
      width = 0
    }
    placed.push({ ...box, x, y })
    y += box.height + gap.row
    width = Math.max(width, box.width)
  }
  return bounds(placed)
}

/** A hub that a hundred tables refer to makes one endless column of them: it is broken into several. */
const broken = (block: Block, wished: number): Block => {
  const ranks = [...Map.groupBy(block.placed, ({ x, width }) => Math.round(x + width / 2))]
  const placed: Placed[] = []
  let left = 0
  for (const [, rank] of ranks.sort(([a], [b]) => a - b)) {
    const inOrder = rank.toSorted((a, b) => a.y - b.y)
    const columns = columnsOf(inOrder, wished)
    const top = (wished - columns.height) / 2
    placed.push(...columns.placed.map((box) => ({ ...box, x: left + box.x, y: top + box.y })))
    left += columns.width + gap.column
  }
  return bounds(placed)
}

/** One group by dagre: what is referred to stands at the left of what refers to it. */
const laidOut = (boxes: readonly Box[], references: LayoutInput['references']): Block => {
  const graph = new Graph()
  graph.setGraph({
    rankdir: 'LR',
    ranksep: gap.column,
    nodesep: gap.row,
    edgesep: 12,
    // The optimal one takes seconds for hundreds of tables.
    ranker: boxes.length > 150 ? 'longest-path' : 'network-simplex',
  })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height })
  for (const { from, to } of references) if (from !== to) graph.setEdge(to, from)
  dagre(graph)
  const block = bounds(
    boxes.map((box) => {
      const { x = 0, y = 0 }: { x?: number; y?: number } = graph.node(box.id)
      return { ...box, x: x - box.width / 2, y: y - box.height / 2 }
    }),
  )
  const area = boxes.reduce((sum, { width, height }) => sum + (width + gap.column) * (height + gap.row), 0)
  const wished = Math.max(900, Math.sqrt(area / aspect) * 1.3, ...boxes.map(({ height }) => height))
  return block.height > wished * 1.6 ? broken(block, wished) : block
}

/** Blocks side by side in rows, so that the whole has about the shape of the screen. */
const packed = (blocks: readonly Block[]): Placed[] => {
  const area = blocks.reduce((sum, { width, height }) => sum + (width + gap.block) * (height + gap.block), 0)
  const wished = Math.max(Math.sqrt(area * aspect), ...blocks.map(({ width }) => width))
  const placed: Placed[] = []
  let x = 0
  let y = 0
  let height = 0
  for (const block of blocks) {
    if (x > 0 && x + block.width > wished) {
      x = 0
      y += height + gap.block
      height = 0
    }
    const [left, top] = [x, y]
    placed.push(...block.placed.map((box) => ({ ...box, x: left + box.x, y: top + box.y })))
    x += block.width + gap.block
    height = Math.max(height, block.height)
  }
  return placed
}

/** Places every table. Takes a second for hundreds of them: not to be called where the screen is drawn. */
export const layOut = (input: LayoutInput): LayoutOutput => {
  const groups = groupsOf(input)
  const groupOf = new Map(groups.flatMap((boxes, at) => boxes.map(({ id }) => [id, at] as const)))
  const references = Map.groupBy(input.references, ({ from }) => groupOf.get(from))
  const joined = groups.filter((boxes) => boxes.length > 1)
  const alone = groups.filter((boxes) => boxes.length === 1).flat()
  const blocks = joined.map((boxes, at) => laidOut(boxes, references.get(at) ?? []))
  if (alone.length > 0) {
    const area = alone.reduce((sum, { width, height }) => sum + (width + gap.row) * (height + gap.row), 0)
    blocks.push(columnsOf(alone, Math.max(400, Math.sqrt(area / aspect))))
  }
  return packed(blocks).map(({ id, x, y }) => ({ id, x, y }))
}
