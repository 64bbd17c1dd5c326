import { useQueries, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { CatalogObject } from '../../../../shared/catalog.ts'
import { asConsoleError } from '../../../app/console-error.ts'
import { queryClient, rpc, trpc } from '../../../app/rpc.ts'
import { type Branch, type BranchContent, initiallyOpen, treeNodes } from './tree-nodes.ts'

/** Which folders were open, by session: they stay open when another screen comes between. */
const remembered = new Map<string, ReadonlyMap<string, Branch>>()

/** Objects in a folder; empty for folders whose content is known with the schemas. */
const readBranch = async (
  sessionId: string,
  branch: Branch,
  signal: AbortSignal,
): Promise<CatalogObject[]> => {
  switch (branch.kind) {
    case 'schema':
    case 'system':
      return []
    case 'group':
      return rpc.catalog.group.query({ sessionId, schema: branch.schema, group: branch.group }, { signal })
    case 'partitions':
      return rpc.catalog.partitions.query({ sessionId, oid: branch.parent.oid }, { signal })
    case 'roles':
    case 'extensions':
    case 'databases':
      return rpc.catalog[branch.kind].query({ sessionId }, { signal })
    default:
      return branch satisfies never
  }
}

/** The tree of a database. A folder is read when it is opened, and again only on `reload`. */
export const useTree = (sessionId: string) => {
  const schemas = useQuery(trpc.catalog.schemas.queryOptions({ sessionId }))
  const [chosen, choose] = useState(remembered.get(sessionId))
  const open = chosen ?? initiallyOpen(schemas.data ?? [])
  const branches = [...open.values()]
  const contents = useQueries({
    queries: branches.map((branch) => ({
      queryKey: ['tree', sessionId, branch.id],
      queryFn: ({ signal }: { signal: AbortSignal }) => readBranch(sessionId, branch, signal),
      staleTime: Number.POSITIVE_INFINITY,
    })),
  })
  const known = new Map(
    branches.map((branch, index): [string, BranchContent] => {
      const content = contents[index]
      if (content?.data !== undefined) return [branch.id, { state: 'ready', objects: content.data }]
      if (!content?.error) return [branch.id, { state: 'loading' }]
      return [branch.id, { state: 'failed', error: asConsoleError(content.error) }]
    }),
  )
  return {
    schemas,
    nodes: treeNodes(schemas.data ?? [], open, ({ id }) => known.get(id) ?? { state: 'loading' }),
    setOpen(branch: Branch, isOpen: boolean) {
      const next = new Map(open)
      if (isOpen) next.set(branch.id, branch)
      else next.delete(branch.id)
      remembered.set(sessionId, next)
      choose(next)
    },
    async reload() {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: trpc.catalog.schemas.queryKey({ sessionId }) }),
        queryClient.invalidateQueries({ queryKey: ['tree', sessionId] }),
      ])
    },
  }
}
