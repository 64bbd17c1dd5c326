import { IconLock } from '@tabler/icons-react'
import { Handle, type NodeProps, Position, useStore } from '@xyflow/react'
import { memo, useCallback } from 'react'
import type { DiagramColumn } from '../../../shared/diagram.ts'
import { visibleText } from '../../ui/visible-text.ts'
import type { TableNode } from './diagram-graph.ts'

/** Below this zoom no column could be read: tables show their names only. */
const readableZoom = 0.4

const markOf = ({ primaryKey, foreignKey, unique }: DiagramColumn): string => {
  if (primaryKey) return foreignKey ? 'PF' : 'PK'
  if (foreignKey) return 'FK'
  return unique ? 'U' : ''
}

const Column = ({ column }: { column: DiagramColumn }) => (
  <div className="diagram-column" data-inaccessible={!column.accessible || undefined}>
    <span className="diagram-mark" data-primary={column.primaryKey || undefined}>
      {markOf(column)}
    </span>
    <span className="diagram-column-name">{visibleText(column.name)}</span>
    <span className="diagram-type">{visibleText(column.type)}</span>
    <span className="diagram-null">{column.notNull ? '' : '∅'}</span>
  </div>
)

/** A table with its columns; far away its name alone, out of sight nothing: hundreds of tables stay light. */
export const TableNodeView = memo(
  ({ data: { shown }, positionAbsoluteX: x, positionAbsoluteY: y }: NodeProps<TableNode>) => {
    const { width, height, table } = shown
    const view = useStore(
      useCallback(
        ({ transform: [left, top, zoom], width: screenWidth, height: screenHeight }) => {
          const isSeen =
            (x + width) * zoom + left > -200 &&
            x * zoom + left < screenWidth + 200 &&
            (y + height) * zoom + top > -200 &&
            y * zoom + top < screenHeight + 200
          return isSeen ? (zoom < readableZoom ? 'far' : 'near') : 'unseen'
        },
        [x, y, width, height],
      ),
    )
    return (
      <div
        className="diagram-table"
        data-view={view}
        data-outside={shown.isOutside || undefined}
        data-inaccessible={!table.accessible || undefined}
        title={table.comment ?? undefined}
      >
        <Handle type="source" position={Position.Right} isConnectable={false} className="diagram-handle" />
        <Handle type="target" position={Position.Left} isConnectable={false} className="diagram-handle" />
        {view !== 'unseen' && (
          <div className="diagram-table-head">
            <span className="diagram-table-name">{shown.title}</span>
            {table.partitions > 0 && view === 'near' && (
              <span className="diagram-table-fact">{table.partitions} partitions</span>
            )}
            {table.kind === 'foreign table' && view === 'near' && (
              <span className="diagram-table-fact">foreign</span>
            )}
            {!table.accessible && <IconLock size={12} stroke={1.8} aria-hidden />}
          </div>
        )}
        {view === 'near' && shown.columns.map((column) => <Column key={column.name} column={column} />)}
        {view === 'near' && shown.hidden > 0 && (
          <div className="diagram-column diagram-more">
            {shown.hidden} more {shown.hidden === 1 ? 'column' : 'columns'}
          </div>
        )}
      </div>
    )
  },
)
