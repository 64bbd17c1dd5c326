import './tree.css'
import { useDebouncedValue } from '@mantine/hooks'
import { IconRefresh } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { CatalogObject } from '../../../../shared/catalog.ts'
import { trpc } from '../../../app/rpc.ts'
import { ErrorState } from '../../../ui/error-state.tsx'
import { SkeletonRows } from '../../../ui/skeletons.tsx'
import { TreeLine } from './tree-line.tsx'
import { objectId, type TreeNode } from './tree-nodes.ts'
import { useTree } from './use-tree.ts'

const lineHeight = 24
const searchLimit = 200

type ObjectTreeProps = {
  sessionId: string
  /** The object that is shown beside the tree, as `kind/oid`. */
  current: string | null
  /** `details`: its structure rather than its rows. */
  onOpen: (object: CatalogObject, details: boolean) => void
}

const isOpenBranch = (node: TreeNode): boolean =>
  (node.type === 'branch' || node.type === 'object') && node.isOpen
const branchOf = (node: TreeNode) => (node.type === 'branch' || node.type === 'object' ? node.branch : null)
const nameOf = (node: TreeNode): string =>
  node.type === 'branch' ? node.label : node.type === 'object' ? node.object.name : ''

/** The objects of the database by schema and kind; while something is typed, all whose name holds it. */
export const ObjectTree = ({ sessionId, current, onOpen }: ObjectTreeProps) => {
  const treeId = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [text, setText] = useState('')
  const [searched] = useDebouncedValue(text.trim(), 120)
  const [focused, setFocused] = useState<string | null>(current)
  const { schemas, nodes: lines, setOpen, reload } = useTree(sessionId)
  const search = useQuery(
    trpc.catalog.search.queryOptions(
      { sessionId, text: searched, limit: searchLimit },
      { enabled: searched !== '', placeholderData: keepPreviousData },
    ),
  )
  const found = searched === '' ? undefined : search.data
  const nodes: TreeNode[] =
    found === undefined
      ? lines
      : found.map((object, index) => ({
          type: 'object',
          id: objectId(object),
          object,
          branch: null,
          isOpen: false,
          level: 1,
          position: index + 1,
          siblings: found.length,
        }))
  const at = Math.max(
    0,
    nodes.findIndex(({ id }) => id === (focused ?? current)),
  )
  const focusedNode = nodes[at]
  const virtual = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 12,
    getItemKey: (index) => nodes[index]?.id ?? index,
  })

  const typed = useRef({ text: '', at: 0 })
  const goTo = (index: number) => {
    const node = nodes[Math.max(0, Math.min(index, nodes.length - 1))]
    if (node === undefined) return
    setFocused(node.id)
    virtual.scrollToIndex(nodes.indexOf(node))
  }
  const activate = (node: TreeNode, details: boolean) => {
    setFocused(node.id)
    if (node.type === 'object') onOpen(node.object, details)
    else if (node.type === 'branch' && details && node.branch.kind === 'schema') {
      const { oid, name, accessible, comment } = node.branch.schema
      onOpen(
        {
          oid,
          name,
          accessible,
          comment,
          kind: 'schema',
          schema: null,
          signature: '',
          estimatedRows: null,
          partitions: 0,
        },
        true,
      )
    } else if (node.type === 'branch') setOpen(node.branch, !node.isOpen)
    else if (node.type === 'failed') void reload()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || (event.altKey && event.key !== 'Enter')) return
    const node = focusedNode
    if (node === undefined) return
    const branch = branchOf(node)
    if (event.key === 'ArrowDown') goTo(at + 1)
    else if (event.key === 'ArrowUp') goTo(at - 1)
    else if (event.key === 'Home') goTo(0)
    else if (event.key === 'End') goTo(nodes.length - 1)
    else if (event.key === 'PageDown') goTo(at + 20)
    else if (event.key === 'PageUp') goTo(at - 20)
    else if (event.key === 'ArrowRight') {
      if (branch !== null && !isOpenBranch(node)) setOpen(branch, true)
      else if (branch !== null) goTo(at + 1)
    } else if (event.key === 'ArrowLeft') {
      if (branch !== null && isOpenBranch(node)) setOpen(branch, false)
      else goTo(nodes.findLastIndex((other, index) => index < at && other.level < node.level))
    } else if (event.key === 'Enter') activate(node, event.altKey)
    else if (event.key === ' ') activate(node, false)
    else if (event.key.length === 1 && event.key !== '?') {
      const now = performance.now()
      const whole = (now - typed.current.at < 700 ? typed.current.text : '') + event.key.toLowerCase()
      typed.current = { text: whole, at: now }
      const order = [...nodes.slice(at + (whole.length === 1 ? 1 : 0)), ...nodes.slice(0, at)]
      const match = order.find((other) => nameOf(other).toLowerCase().startsWith(whole))
      if (match !== undefined) goTo(nodes.indexOf(match))
    } else return
    event.preventDefault()
    event.stopPropagation()
  }

  // Opened from elsewhere (palette, foreign key, history): show where that is.
  useEffect(() => {
    if (current !== null) setFocused(current)
  }, [current])

  return (
    <section className="tree" aria-label="Objects">
      <div className="tree-filter">
        <input
          type="search"
          value={text}
          placeholder="Filter objects"
          aria-label="Filter objects by name"
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown' || event.key === 'Enter') {
              event.preventDefault()
              scroller.current?.focus()
              goTo(0)
            } else if (event.key === 'Escape') setText('')
          }}
        />
        <button
          type="button"
          className="icon-button"
          aria-label="Reload the tree"
          title="Reload the tree"
          onClick={() => void reload()}
        >
          <IconRefresh size={14} stroke={1.8} />
        </button>
      </div>
      {schemas.error !== null && schemas.data === undefined ? (
        <ErrorState error={schemas.error} onRetry={() => void reload()} />
      ) : schemas.data === undefined ? (
        <SkeletonRows rows={14} label="Loading the objects" />
      ) : (
        <div
          ref={scroller}
          className="tree-lines"
          role="tree"
          tabIndex={0}
          aria-label="Objects of the database"
          aria-activedescendant={focusedNode === undefined ? undefined : `${treeId}-${focusedNode.id}`}
          onKeyDown={onKeyDown}
        >
          <div role="presentation" className="tree-height" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const node = nodes[index]
              return (
                node !== undefined && (
                  <TreeLine
                    key={node.id}
                    id={`${treeId}-${node.id}`}
                    node={node}
                    top={start}
                    isFocused={index === at}
                    isCurrent={node.id === current}
                    showsSchema={found !== undefined}
                    onActivate={(details) => activate(node, details)}
                    onToggle={() => {
                      const branch = branchOf(node)
                      if (branch !== null) setOpen(branch, !isOpenBranch(node))
                    }}
                  />
                )
              )
            })}
          </div>
          {found?.length === 0 && <p className="tree-none">No object’s name holds “{searched}”.</p>}
        </div>
      )}
      {search.error !== null && searched !== '' && <ErrorState variant="line" error={search.error} />}
    </section>
  )
}
