import './browse.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { relationKinds } from '../../../shared/catalog.ts'
import type { RelationDescription } from '../../../shared/rows.ts'
import { trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { layoutKey } from '../../ui/grid/grid-layout.ts'
import { useGridLayout } from '../../ui/grid/use-grid-layout.ts'
import { PageHead } from '../../ui/page-head.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusBar } from '../../ui/status-bar.tsx'
import { type BrowseView, useBrowseView } from './browse-view.ts'
import { RelationView } from './relation-view.tsx'
import { ObjectTree } from './tree/object-tree.tsx'

type DescribedProps = {
  description: RelationDescription
  view: BrowseView
  reload: () => Promise<unknown>
  tree: ReactNode
}

/** Waits for the kept column layout, so that columns stand where they were from the first frame on. */
const Described = ({ description, view, reload, tree }: DescribedProps) => {
  const { profileId } = useSession()
  const [layout, keepLayout] = useGridLayout(layoutKey(profileId, description.schema, description.name))
  const [reloads, setReloads] = useState(0)
  if (layout === null) return <SkeletonRows />
  return (
    <RelationView
      key={reloads}
      description={description}
      view={view}
      layout={layout}
      onLayout={keepLayout}
      onReload={() => void reload().then(() => setReloads(reloads + 1))}
      tree={tree}
    />
  )
}

/** The tree of objects and the rows of the relation that is open. */
export const BrowseScreen = () => {
  const { sessionId, server } = useSession()
  const { relation } = useSearch({ from: '/s/$sessionId/browse' })
  const navigate = useNavigate()
  const view = useBrowseView(sessionId, relation)
  const description = useQuery(
    trpc.rows.describe.queryOptions(
      { sessionId, relation: relation ?? '0' },
      { enabled: relation !== undefined, staleTime: Number.POSITIVE_INFINITY },
    ),
  )
  const shown = relation === undefined ? undefined : description.data
  const tree = (
    <ObjectTree
      sessionId={sessionId}
      current={shown === undefined ? null : `${shown.kind}/${shown.oid}`}
      onOpen={({ kind, oid }, details) => {
        if (!details && relationKinds.some((relationKind) => relationKind === kind)) view.open(oid)
        else void navigate({ to: '/s/$sessionId/object/$kind/$oid', params: { sessionId, kind, oid } })
      }}
    />
  )
  if (shown !== undefined) {
    return (
      <Described key={shown.oid} description={shown} view={view} reload={description.refetch} tree={tree} />
    )
  }
  return (
    <>
      <PageHead title="Browse" facts={server.database} />
      <div className="browse-body">
        {tree}
        <div className="browse-rows">
          {relation === undefined ? (
            <EmptyState title="Choose a table or a view.">
              Its rows show up here. Everything else in the tree opens its structure.
            </EmptyState>
          ) : description.error !== null ? (
            <ErrorState
              error={description.error}
              onRetry={() => void description.refetch()}
              action={
                <Button
                  onClick={() =>
                    void navigate({ to: '/s/$sessionId/browse', params: { sessionId }, search: {} })
                  }
                >
                  Close it
                </Button>
              }
            />
          ) : (
            <SkeletonRows rows={24} label="Loading the relation" />
          )}
        </div>
      </div>
      <StatusBar>{''}</StatusBar>
    </>
  )
}
