import { type Edge, type Node, Position } from '@xyflow/react'
import type { CatalogDiagram, DiagramReference } from '../../../shared/diagram.ts'
import { count } from '../../ui/count.ts'
import type { LayoutOutput } from './layout.ts'
import { sourceCardinality, targetCardinality } from './reference-line.ts'
import type { ShownTable } from './shown-table.ts'

export type TableNode = Node<{ shown: ShownTable }, 'table'>
export type ReferenceEdge = Edge<
  { reference: DiagramReference; source: ShownTable; target: ShownTable },
  'reference'
>

/** A table in words, for those who do not see it. */
export const tableInWords = ({ title, table }: ShownTable, references: readonly DiagramReference[]): string =>
  [
    `${table.kind} ${title}`,
    count(table.columns.length, 'column'),
    `refers to ${count(references.filter(({ from }) => from === table.oid).length, 'table')}`,
    `referred to by ${references.filter(({ to }) => to === table.oid).length}`,
    ...(table.partitions > 0 ? [count(table.partitions, 'partition')] : []),
    ...(table.accessible ? [] : ['not readable for your role']),
  ].join(', ')

/** A foreign key in words: `documents (plant) refers to plants (code), many to one, may be null`. */
export const referenceInWords = (reference: DiagramReference, source: string, target: string): string =>
  [
    `${source} (${reference.fromColumns.join(', ')}) refers to ${target} (${reference.toColumns.join(', ')})`,
    `${sourceCardinality(reference)} to ${targetCardinality(reference)}`,
    `on delete ${reference.onDelete}`,
    ...(reference.holds ? [] : ['not checked for all rows']),
  ].join(', ')

/** Tables in the order of the layout, which is the order of the Tab key. */
export const tableNodes = (
  tables: ReadonlyMap<string, ShownTable>,
  references: readonly DiagramReference[],
  positions: LayoutOutput,
): TableNode[] =>
  positions.flatMap(({ id, x, y }) => {
    const shown = tables.get(id)
    if (shown === undefined) return []
    const { width, height } = shown
    return {
      id,
      type: 'table',
      position: { x, y },
      width,
      height,
      // Known before they are drawn, so that lines to tables out of sight are drawn, too.
      measured: { width, height },
      handles: [
        { type: 'source', position: Position.Right, x: width, y: 15, width: 1, height: 1 },
        { type: 'target', position: Position.Left, x: 0, y: 15, width: 1, height: 1 },
      ],
      data: { shown },
      ariaLabel: tableInWords(shown, references),
    } satisfies TableNode
  })

export const referenceEdges = (
  { references }: CatalogDiagram,
  tables: ReadonlyMap<string, ShownTable>,
): ReferenceEdge[] =>
  references.flatMap((reference, at) => {
    const source = tables.get(reference.from)
    const target = tables.get(reference.to)
    if (source === undefined || target === undefined) return []
    return {
      id: `${reference.name} ${at}`,
      type: 'reference',
      source: reference.from,
      target: reference.to,
      data: { reference, source, target },
      ariaLabel: referenceInWords(reference, source.title, target.title),
    } satisfies ReferenceEdge
  })
