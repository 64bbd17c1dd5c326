import { IconChevronRight, IconInfoCircle, IconLock } from '@tabler/icons-react'
import { visibleText } from '../../../ui/visible-text.ts'
import { formatRows } from '../format-rows.ts'
import type { TreeNode } from './tree-nodes.ts'

type TreeLineProps = {
  id: string
  node: TreeNode
  top: number
  isFocused: boolean
  isCurrent: boolean
  /** In a search the schema stands behind the name, since no folder tells it. */
  showsSchema: boolean
  onActivate: (details: boolean) => void
  onToggle: () => void
}

const Count = ({ node }: { node: TreeNode }) => {
  if (node.type === 'branch' && node.count !== null) return <span className="tree-count">{node.count}</span>
  if (node.type !== 'object' || node.object.estimatedRows === null) return null
  return (
    <span className="tree-count" title="Estimated by the server's statistics">
      {formatRows(node.object.estimatedRows)}
    </span>
  )
}

const Label = ({ node, showsSchema }: { node: TreeNode; showsSchema: boolean }) => {
  switch (node.type) {
    case 'branch':
      return <span className="tree-name">{visibleText(node.label)}</span>
    case 'loading':
      return <span className="skeleton tree-skeleton" />
    case 'failed':
      return <span className="tree-name">{node.error.message} Click to try again.</span>
    case 'object': {
      const { name, signature, partitions, schema } = node.object
      return (
        <span className="tree-name">
          {visibleText(name)}
          {signature !== '' && <span className="tree-dim"> {signature}</span>}
          {partitions > 0 && <span className="tree-dim"> · {partitions} partitions</span>}
          {showsSchema && <span className="tree-dim"> · {schema ?? node.object.kind}</span>}
        </span>
      )
    }
    default:
      return node satisfies never
  }
}

const reasonOf = (node: TreeNode): string | undefined => {
  if (node.type === 'failed') return node.error.remedy
  if (node.type === 'object' && !node.object.accessible) {
    return `Your role may not read ${node.object.name}. Open it to see which grant is missing.`
  }
  if (node.type === 'branch' && node.branch.kind === 'schema' && !node.branch.schema.accessible) {
    return `Your role has no USAGE on schema ${node.branch.schema.name}.`
  }
  if (node.type === 'object') return node.object.comment ?? undefined
  return undefined
}

export const TreeLine = ({
  id,
  node,
  top,
  isFocused,
  isCurrent,
  showsSchema,
  onActivate,
  onToggle,
}: TreeLineProps) => {
  const isBranch = (node.type === 'branch' || node.type === 'object') && node.branch !== null
  const isInaccessible =
    (node.type === 'object' && !node.object.accessible) ||
    (node.type === 'branch' && node.branch.kind === 'schema' && !node.branch.schema.accessible)
  const hasDetails = node.type === 'object' || (node.type === 'branch' && node.branch.kind === 'schema')
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={node.level}
      aria-posinset={node.position}
      aria-setsize={node.siblings}
      aria-expanded={isBranch ? node.isOpen : undefined}
      aria-selected={isCurrent}
      aria-busy={node.type === 'loading' || undefined}
      className="tree-line"
      data-focused={isFocused || undefined}
      data-inaccessible={isInaccessible || undefined}
      title={reasonOf(node)}
      style={{ transform: `translateY(${top}px)`, paddingLeft: 8 + (node.level - 1) * 14 }}
      onClick={() => onActivate(false)}
    >
      <span
        className="tree-toggle"
        data-open={(isBranch && node.isOpen) || undefined}
        onClick={(event) => {
          if (!isBranch) return
          event.stopPropagation()
          onToggle()
        }}
      >
        {isBranch && <IconChevronRight size={12} stroke={2.2} />}
      </span>
      <Label node={node} showsSchema={showsSchema} />
      {isInaccessible && <IconLock className="tree-lock" size={12} stroke={1.8} aria-label="not readable" />}
      <Count node={node} />
      {hasDetails && (
        <button
          type="button"
          tabIndex={-1}
          className="tree-details"
          aria-label="Structure"
          title="Structure (Alt+Enter)"
          onClick={(event) => {
            event.stopPropagation()
            onActivate(true)
          }}
        >
          <IconInfoCircle size={13} stroke={1.8} />
        </button>
      )}
    </div>
  )
}
