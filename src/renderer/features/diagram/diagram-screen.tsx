import './diagram.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { ReactFlowProvider } from '@xyflow/react'
import { useMemo, useState } from 'react'
import type { CatalogDiagram } from '../../../shared/diagram.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useScreenCommands } from '../../app/screen-commands.ts'
import { useSession } from '../../app/session-context.tsx'
import { count } from '../../ui/count.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusBar } from '../../ui/status-bar.tsx'
import { ToolBar } from '../../ui/tool-bar.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { DiagramCanvas } from './diagram-canvas.tsx'
import { referenceEdges, tableNodes } from './diagram-graph.ts'
import { diagramSvg } from './diagram-svg.ts'
import type { LayoutInput } from './layout.ts'
import { type Detail, shownTables } from './shown-table.ts'
import { TablePanel } from './table-panel.tsx'
import { useLayout } from './use-layout.ts'

/** With more tables than these, all columns together are too much to find one's way in. */
const columnsUpTo = 60

const factsOf = ({ schema, tables, references }: CatalogDiagram): string => {
  const others = tables.filter((table) => table.schema !== schema).length
  return [
    'diagram',
    count(tables.length - others, 'table', 'tables'),
    count(references.length, 'foreign key', 'foreign keys'),
    ...(others > 0 ? [`${count(others, 'table', 'tables')} of other schemas`] : []),
  ].join(' · ')
}

type DiagramProps = { diagram: CatalogDiagram; isReading: boolean; reload: () => void }

const Diagram = ({ diagram, isReading, reload }: DiagramProps) => {
  const { sessionId } = useSession()
  const navigate = useNavigate()
  const { table: wanted } = useSearch({ from: '/s/$sessionId/diagram/$schema' })
  const [detail, setDetail] = useState<Detail>(diagram.tables.length > columnsUpTo ? 'keys' : 'columns')
  const [chosen, setChosen] = useState<string | null>(wanted ?? null)
  const [reveal, setReveal] = useState(wanted === undefined ? null : { id: wanted })
  const [text, setText] = useState('')

  const tables = useMemo(
    () => new Map(shownTables(diagram, detail).map((shown) => [shown.table.oid, shown])),
    [diagram, detail],
  )
  const input = useMemo(
    (): LayoutInput => ({
      tables: [...tables].map(([id, { width, height }]) => ({ id, width, height })),
      references: diagram.references.map(({ from, to }) => ({ from, to })),
    }),
    [diagram, tables],
  )
  const { positions, error } = useLayout(input)
  const nodes = useMemo(
    () => (positions === null ? null : tableNodes(tables, diagram.references, positions)),
    [tables, diagram, positions],
  )
  const edges = useMemo(() => referenceEdges(diagram, tables), [diagram, tables])
  const words = text.trim().toLowerCase()
  const matches = useMemo(
    () =>
      words === '' || nodes === null
        ? []
        : nodes.filter(({ data }) => data.shown.title.toLowerCase().includes(words)).map(({ id }) => id),
    [nodes, words],
  )
  const found = useMemo(() => new Set(matches), [matches])

  const goTo = (id: string) => {
    setChosen(id)
    setReveal({ id })
  }
  const open = (oid: string) =>
    void navigate({ to: '/s/$sessionId/browse', params: { sessionId }, search: { relation: oid } })
  const goToNextMatch = () => {
    const next = matches[matches.indexOf(chosen ?? '') + 1] ?? matches[0]
    if (next !== undefined) goTo(next)
  }
  const toggle = () => setDetail(detail === 'keys' ? 'columns' : 'keys')
  const save = () => {
    if (positions === null) return
    const svg = diagramSvg(tables, diagram.references, positions)
    saveFile(new Blob([svg], { type: 'image/svg+xml' }), `${diagram.schema}.svg`)
  }
  const focusSearch = () => document.getElementById('diagram-search')?.focus()
  useScreenCommands([
    {
      id: 'diagram-detail',
      title: detail === 'keys' ? 'Show all columns' : 'Show keys only',
      keys: 'k',
      run: toggle,
    },
    { id: 'diagram-search', title: 'Find a table in the diagram', keys: '/', run: focusSearch },
    ...(positions === null ? [] : [{ id: 'diagram-save', title: 'Save the diagram as SVG', run: save }]),
  ])

  const shown = tables.get(chosen ?? '')
  return (
    <>
      <PageHead title={visibleText(diagram.schema)} facts={factsOf(diagram)}>
        <Button loading={isReading} onClick={reload}>
          Reload
        </Button>
        <Button disabled={positions === null} onClick={save}>
          Save as SVG
        </Button>
      </PageHead>
      <ToolBar
        label="Diagram"
        end={
          <Button
            aria-pressed={detail === 'keys'}
            variant={detail === 'keys' ? 'light' : 'default'}
            onClick={toggle}
          >
            Keys only
          </Button>
        }
      >
        <input
          id="diagram-search"
          className="diagram-search"
          type="search"
          value={text}
          placeholder="Find a table"
          aria-label="Find a table"
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') goToNextMatch()
            else if (event.key === 'Escape') setText('')
          }}
        />
        <span className="diagram-dim" role="status">
          {words === ''
            ? ''
            : matches.length === 0
              ? 'no table has this in its name'
              : `${matches.length} found · Enter goes to the next`}
        </span>
      </ToolBar>
      <div className="diagram-body">
        {error !== null ? (
          <ErrorState error={error} onRetry={reload} />
        ) : nodes === null ? (
          <SkeletonRows rows={18} label={`Placing ${count(tables.size, 'table', 'tables')}`} />
        ) : (
          <ReactFlowProvider key={detail}>
            <DiagramCanvas
              nodes={nodes}
              edges={edges}
              chosen={chosen}
              found={found}
              reveal={reveal}
              onChoose={setChosen}
              onOpen={open}
            />
          </ReactFlowProvider>
        )}
        {shown !== undefined && (
          <TablePanel
            shown={shown}
            tables={tables}
            references={diagram.references}
            onGoTo={goTo}
            onClose={() => setChosen(null)}
          />
        )}
      </div>
      <StatusBar end="PK primary key · FK foreign key · PF both · U unique · ∅ takes null">
        {nodes === null
          ? `placing ${count(tables.size, 'table', 'tables')}…`
          : 'Tab and arrows go from table to table, Enter opens its rows'}
      </StatusBar>
    </>
  )
}

/** The tables of a schema and the foreign keys between them, as a picture to walk through. */
export const DiagramScreen = () => {
  const { sessionId } = useSession()
  const { schema } = useParams({ from: '/s/$sessionId/diagram/$schema' })
  const diagram = useQuery(trpc.catalog.diagram.queryOptions({ sessionId, schema }, abortable))
  if (diagram.data !== undefined && diagram.data.tables.length > 0) {
    return (
      <>
        {diagram.error !== null && (
          <ErrorState variant="line" error={diagram.error} onRetry={() => void diagram.refetch()} />
        )}
        <Diagram
          key={schema}
          diagram={diagram.data}
          isReading={diagram.isFetching}
          reload={() => void diagram.refetch()}
        />
      </>
    )
  }
  return (
    <>
      <PageHead title={visibleText(schema)} facts="diagram" />
      {diagram.data !== undefined ? (
        <EmptyState
          title="This schema has no tables."
          action={
            <Button
              renderRoot={(props) => <Link {...props} to="/s/$sessionId/browse" params={{ sessionId }} />}
            >
              To the tree
            </Button>
          }
        >
          Views, functions and types have no keys that would join them.
        </EmptyState>
      ) : diagram.error !== null ? (
        <ErrorState error={diagram.error} onRetry={() => void diagram.refetch()} />
      ) : (
        <SkeletonRows rows={20} label="Reading tables and keys" />
      )}
      <StatusBar>{''}</StatusBar>
    </>
  )
}
