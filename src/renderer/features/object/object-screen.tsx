import './object.css'
import { Button, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { type CatalogDetail, relationKinds } from '../../../shared/catalog.ts'
import { trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusBar } from '../../ui/status-bar.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { Columns } from './columns.tsx'
import { Ddl } from './ddl.tsx'
import { Dependencies } from './dependencies.tsx'
import { Facts } from './facts.tsx'
import { Grants } from './grants.tsx'
import { Parts } from './parts.tsx'

type Section = { name: string; count: number | null; content: ReactNode }

/** What there is to say of the object; parts that its kind does not have, or that are empty, are not there. */
const sectionsOf = (detail: CatalogDetail, sessionId: string): Section[] => {
  const part = (name: string, list: readonly unknown[], content: ReactNode): Section[] =>
    list.length === 0 ? [] : [{ name, count: list.length, content }]
  return [
    ...part('Columns', detail.columns, <Columns columns={detail.columns} />),
    ...part('Constraints', detail.constraints, <Parts parts={detail.constraints} />),
    ...part('Indexes', detail.indexes, <Parts parts={detail.indexes} />),
    ...part('Triggers', detail.triggers, <Parts parts={detail.triggers} />),
    ...part('Policies', detail.policies, <Parts parts={detail.policies} />),
    { name: 'DDL', count: null, content: <Ddl ddl={detail.ddl} /> },
    ...part('Grants', detail.grants, <Grants grants={detail.grants} />),
    ...part(
      'Dependencies',
      detail.dependencies,
      <Dependencies sessionId={sessionId} dependencies={detail.dependencies} />,
    ),
    ...part('Facts', detail.facts, <Facts facts={detail.facts} />),
  ]
}

const isRelation = (kind: string): boolean => relationKinds.some((relation) => relation === kind)

/** The diagram that shows the object: of the schema itself, or with the table in its middle. */
const diagramOf = ({ kind, schema, name, oid, signature }: CatalogDetail['object']) => {
  if (kind === 'schema') return { schema: name, search: {} }
  const isDrawn = kind === 'table' || kind === 'partitioned table' || kind === 'foreign table'
  // A partition has its bounds as its signature; it stands within its parent.
  return isDrawn && schema !== null && signature === '' ? { schema, search: { table: oid } } : null
}

/** The structure of one object of the database: what the server knows of it, and its DDL. */
export const ObjectScreen = () => {
  const { sessionId } = useSession()
  const { kind, oid } = useParams({ from: '/s/$sessionId/object/$kind/$oid' })
  const detail = useQuery(trpc.catalog.detail.queryOptions({ sessionId, kind, oid }))
  if (detail.data === undefined) {
    return (
      <>
        <PageHead title="Structure" facts={kind} />
        {detail.error === null ? (
          <SkeletonRows rows={20} label={`Loading the ${kind}`} />
        ) : (
          <ErrorState error={detail.error} onRetry={() => void detail.refetch()} />
        )}
      </>
    )
  }
  const { object, owner } = detail.data
  const sections = sectionsOf(detail.data, sessionId)
  const [first] = sections
  const diagram = diagramOf(object)
  return (
    <>
      <PageHead
        title={
          <>
            {visibleText(object.name)}
            {object.signature !== '' && <span className="object-signature"> {object.signature}</span>}
          </>
        }
        facts={[
          object.schema,
          object.kind,
          owner === '' ? null : `owned by ${owner}`,
          object.partitions > 0 ? `${object.partitions} partitions` : null,
        ]
          .filter((fact) => fact !== null)
          .join(' · ')}
      >
        <Button loading={detail.isFetching} onClick={() => void detail.refetch()}>
          Reload
        </Button>
        {diagram !== null && (
          <Button
            renderRoot={(props) => (
              <Link
                {...props}
                to="/s/$sessionId/diagram/$schema"
                params={{ sessionId, schema: diagram.schema }}
                search={diagram.search}
              />
            )}
          >
            Diagram
          </Button>
        )}
        {isRelation(kind) && (
          <Button
            renderRoot={(props) => (
              <Link {...props} to="/s/$sessionId/browse" params={{ sessionId }} search={{ relation: oid }} />
            )}
          >
            Rows
          </Button>
        )}
      </PageHead>
      {object.comment !== null && <p className="object-comment">{object.comment}</p>}
      {detail.error !== null && (
        <ErrorState variant="line" error={detail.error} onRetry={() => void detail.refetch()} />
      )}
      {first === undefined ? (
        <EmptyState title="There is nothing to say of it." />
      ) : (
        <Tabs key={oid} defaultValue={first.name} keepMounted={false} className="object-tabs">
          <Tabs.List aria-label="Parts of the object">
            {sections.map(({ name, count }) => (
              <Tabs.Tab key={name} value={name}>
                {name}
                {count !== null && <span className="object-count"> {count}</span>}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {sections.map(({ name, content }) => (
            <Tabs.Panel key={name} value={name} className="object-panel" tabIndex={0}>
              {content}
            </Tabs.Panel>
          ))}
        </Tabs>
      )}
      <StatusBar end="as the server describes it">oid {oid}</StatusBar>
    </>
  )
}
