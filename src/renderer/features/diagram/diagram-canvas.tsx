import '@xyflow/react/dist/base.css'
import { ActionIcon } from '@mantine/core'
import { IconMaximize, IconMinus, IconPlus } from '@tabler/icons-react'
import { MiniMap, Panel, ReactFlow, useNodesState, useReactFlow, useStore } from '@xyflow/react'
import { type FocusEvent, useEffect, useMemo } from 'react'
import type { ReferenceEdge, TableNode } from './diagram-graph.ts'
import { ReferenceEdgeView } from './reference-edge.tsx'
import { TableNodeView } from './table-node.tsx'
import { useDiagramKeys } from './use-diagram-keys.ts'

const nodeTypes = { table: TableNodeView }
const edgeTypes = { reference: ReferenceEdgeView }
/** Without a map of the whole, more than these are hard to find one's way in. */
const mapFrom = 30

type DiagramCanvasProps = {
  nodes: TableNode[]
  edges: ReferenceEdge[]
  chosen: string | null
  /** Tables that a search found. */
  found: ReadonlySet<string>
  /** The table to bring into view; a new object does so again. */
  reveal: { id: string } | null
  onChoose: (id: string | null) => void
  onOpen: (id: string) => void
}

const ZoomButtons = () => {
  const flow = useReactFlow()
  const zoom = useStore(({ transform }) => transform[2])
  return (
    <Panel position="bottom-left" className="diagram-zoom">
      <ActionIcon
        variant="default"
        aria-label="Zoom out"
        title="Zoom out (-)"
        onClick={() => void flow.zoomOut()}
      >
        <IconMinus size={14} stroke={1.8} />
      </ActionIcon>
      <span className="diagram-zoom-value">{Math.round(zoom * 100)} %</span>
      <ActionIcon
        variant="default"
        aria-label="Zoom in"
        title="Zoom in (+)"
        onClick={() => void flow.zoomIn()}
      >
        <IconPlus size={14} stroke={1.8} />
      </ActionIcon>
      <ActionIcon
        variant="default"
        aria-label="Show all"
        title="Show all (0)"
        onClick={() => void flow.fitView()}
      >
        <IconMaximize size={14} stroke={1.8} />
      </ActionIcon>
    </Panel>
  )
}

/** What depends on how near one is: the letters of names grow as the tables shrink. */
const FarNames = () => {
  const size = useStore(({ transform }) => Math.min(64, Math.round(13 / Math.max(0.05, transform[2]))))
  return <style>{`.diagram-canvas { --far-name: ${size}px }`}</style>
}

/** The tables and their lines, to be moved, zoomed and walked through. */
export const DiagramCanvas = ({
  nodes: placed,
  edges,
  chosen,
  found,
  reveal,
  onChoose,
  onOpen,
}: DiagramCanvasProps) => {
  const [nodes, setNodes, onNodesChange] = useNodesState(placed)
  const { goTo, onKeyDown } = useDiagramKeys(onOpen)
  const drawnEdges = useMemo(
    () =>
      edges.map((edge): ReferenceEdge => {
        const isTouched = edge.source === chosen || edge.target === chosen
        return { ...edge, className: isTouched ? 'is-touched' : '', zIndex: isTouched ? 1 : 0 }
      }),
    [edges, chosen],
  )
  const drawnNodes = useMemo(() => {
    const near = new Set(
      drawnEdges
        .filter(({ className }) => className === 'is-touched')
        .flatMap(({ source, target }) => [source, target]),
    )
    return nodes.map((node): TableNode => {
      const nearness = node.id === chosen ? 'is-chosen' : near.has(node.id) ? 'is-near' : ''
      return { ...node, className: `${nearness} ${found.has(node.id) ? 'is-found' : ''}` }
    })
  }, [nodes, drawnEdges, chosen, found])

  useEffect(() => setNodes(placed), [placed, setNodes])
  useEffect(() => {
    if (reveal !== null) goTo(reveal.id)
  }, [reveal, goTo])

  const onFocus = (event: FocusEvent) => {
    const node = event.target.closest('.react-flow__node')
    const id = node?.getAttribute('data-id') ?? null
    if (id === null || id === chosen) return
    onChoose(id)
    // By Tab one comes to tables that are out of sight.
    if (event.target.matches(':focus-visible')) goTo(id)
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the tables inside, which have the focus
    <div
      className="diagram-canvas"
      data-chosen={chosen !== null || undefined}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
    >
      <ReactFlow
        aria-label="Tables and foreign keys"
        nodes={drawnNodes}
        edges={drawnEdges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onNodeClick={(_, { id }) => onChoose(id)}
        onNodeDoubleClick={(_, { id }) => onOpen(id)}
        onPaneClick={() => onChoose(null)}
        fitView
        fitViewOptions={{ padding: 0.06, maxZoom: 1 }}
        minZoom={0.03}
        maxZoom={2}
        nodesConnectable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        nodesFocusable
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        panActivationKeyCode={null}
        zoomOnDoubleClick={false}
        proOptions={{ hideAttribution: true }}
      >
        <FarNames />
        <ZoomButtons />
        {nodes.length > mapFrom && (
          <MiniMap
            className="diagram-map"
            pannable
            zoomable
            ariaLabel="Map of the whole diagram"
            nodeBorderRadius={8}
          />
        )}
      </ReactFlow>
    </div>
  )
}
