import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { DiagramReference } from '../../../shared/diagram.ts'
import { useSession } from '../../app/session-context.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { sourceCardinality, targetCardinality } from './reference-line.ts'
import type { ShownTable } from './shown-table.ts'

type TablePanelProps = {
  shown: ShownTable
  tables: ReadonlyMap<string, ShownTable>
  references: readonly DiagramReference[]
  onGoTo: (id: string) => void
  onClose: () => void
}

type ReferenceListProps = {
  title: string
  references: readonly DiagramReference[]
  /** The table at the other end. */
  other: (reference: DiagramReference) => ShownTable | undefined
  onGoTo: (id: string) => void
}

const names = (columns: readonly string[]) => visibleText(columns.join(', '))

const ReferenceList = ({ title, references, other, onGoTo }: ReferenceListProps) => (
  <section className="diagram-references">
    <h3>
      {title} <span className="diagram-dim">{references.length}</span>
    </h3>
    <ul>
      {references.map((reference) => {
        const table = other(reference)
        return (
          <li key={`${reference.name} ${reference.from} ${reference.fromColumns}`}>
            <button type="button" className="link" onClick={() => onGoTo(table?.table.oid ?? '')}>
              {table?.title}
            </button>
            <span className="diagram-keys">
              {names(reference.fromColumns)} → {names(reference.toColumns)}
            </span>
            <span className="diagram-dim">
              {sourceCardinality(reference)} to {targetCardinality(reference)} · on delete{' '}
              {reference.onDelete}
              {!reference.holds && ' · not checked for all rows'}
            </span>
          </li>
        )
      })}
    </ul>
  </section>
)

/** What the chosen table refers to and what refers to it, in words, each a way there. */
export const TablePanel = ({ shown, tables, references, onGoTo, onClose }: TablePanelProps) => {
  const { sessionId } = useSession()
  const { oid, kind, accessible, comment } = shown.table
  const outgoing = references.filter(({ from }) => from === oid)
  const incoming = references.filter(({ to }) => to === oid)
  return (
    <aside className="diagram-panel" aria-label="Chosen table">
      <div className="diagram-panel-head">
        <h2>{shown.title}</h2>
        <button type="button" className="icon-button" aria-label="Close" title="Close" onClick={onClose}>
          ×
        </button>
      </div>
      {comment !== null && <p className="diagram-comment">{visibleText(comment)}</p>}
      {!accessible && (
        <p className="diagram-comment">
          Your role may not read it. Its structure says which grant is missing.
        </p>
      )}
      <div className="diagram-panel-actions">
        <Button
          renderRoot={(props) => (
            <Link {...props} to="/s/$sessionId/browse" params={{ sessionId }} search={{ relation: oid }} />
          )}
        >
          Rows
        </Button>
        <Button
          renderRoot={(props) => (
            <Link {...props} to="/s/$sessionId/object/$kind/$oid" params={{ sessionId, kind, oid }} />
          )}
        >
          Structure
        </Button>
      </div>
      {outgoing.length > 0 && (
        <ReferenceList
          title="Refers to"
          references={outgoing}
          other={({ to }) => tables.get(to)}
          onGoTo={onGoTo}
        />
      )}
      {incoming.length > 0 && (
        <ReferenceList
          title="Referred to by"
          references={incoming}
          other={({ from }) => tables.get(from)}
          onGoTo={onGoTo}
        />
      )}
      {outgoing.length + incoming.length === 0 && (
        <p className="diagram-comment">No foreign key leads from it or to it.</p>
      )}
    </aside>
  )
}
