import type { DiagramReference } from '../../../shared/diagram.ts'
import { lineOf, type ShownTable } from './shown-table.ts'

type Corner = { x: number; y: number }
/** 1: it leaves the table at its right side; -1: at its left. */
type Side = 1 | -1
type End = { x: number; y: number; side: Side }

/** How an end is drawn: crow's feet, as in most books. */
export type Cardinality = 'one' | 'zero or one' | 'zero or many'

export type ReferenceLine = {
  /** SVG path of the line itself. */
  line: string
  /** Path of the signs at both ends. */
  signs: string
}

/** What stands at the side of the table that refers: no constraint can ask for a row that refers. */
export const sourceCardinality = ({ one }: DiagramReference): Cardinality =>
  one ? 'zero or one' : 'zero or many'
/** What stands at the side of the table that is referred to. */
export const targetCardinality = ({ optional }: DiagramReference): Cardinality =>
  optional ? 'zero or one' : 'one'

const reach = 22

const sides = (from: Corner, source: ShownTable, to: Corner, target: ShownTable): [Side, Side] => {
  if (to.x + target.width + 2 * reach <= from.x) return [-1, 1]
  if (from.x + source.width + 2 * reach <= to.x) return [1, -1]
  // Above each other, or the same table: around the right side.
  return [1, 1]
}

const signAt = ({ x, y, side }: End, cardinality: Cardinality): string => {
  const at = (distance: number) => x + side * distance
  const bar = (distance: number) => `M${at(distance)} ${y - 5}V${y + 5}`
  const circle = (distance: number) =>
    `M${at(distance)} ${y}a3.5 3.5 0 1 0 ${side * 7} 0a3.5 3.5 0 1 0 ${-side * 7} 0`
  switch (cardinality) {
    case 'one':
      return `${bar(6)}${bar(10)}`
    case 'zero or one':
      return `${bar(6)}${circle(10)}`
    case 'zero or many':
      return `M${x} ${y - 5}L${at(10)} ${y}L${x} ${y + 5}${circle(10)}`
    default:
      return cardinality satisfies never
  }
}

/** The line of a foreign key between two tables at their places, from column to column. */
export const referenceLine = (
  reference: DiagramReference,
  source: ShownTable,
  from: Corner,
  target: ShownTable,
  to: Corner,
): ReferenceLine => {
  const [out, back] = sides(from, source, to, target)
  const start: End = {
    x: from.x + (out === 1 ? source.width : 0),
    y: from.y + lineOf(source, reference.fromColumns[0]),
    side: out,
  }
  const end: End = {
    x: to.x + (back === 1 ? target.width : 0),
    y: to.y + lineOf(target, reference.toColumns[0]),
    side: back,
  }
  const around = out === back
  const farthest = Math.max(start.x, end.x) + 56
  const bend = Math.max(46, Math.abs(end.x - start.x) / 2)
  const control = (point: End) => (around ? farthest : point.x + point.side * bend)
  const curve = `C${control(start)} ${start.y} ${control(end)} ${end.y} ${end.x + end.side * reach} ${end.y}`
  return {
    line: `M${start.x} ${start.y}H${start.x + start.side * reach}${curve}H${end.x}`,
    signs: signAt(start, sourceCardinality(reference)) + signAt(end, targetCardinality(reference)),
  }
}
