import { useQuery } from '@tanstack/react-query'
import { relationKinds } from '../../shared/catalog.ts'
import { ConsoleError } from '../../shared/errors.ts'
import type { RelationDescription } from '../../shared/rows.ts'
import { queryClient, rpc, trpc } from './rpc.ts'
import { useSession } from './session-context.tsx'

type Relation = {
  description: RelationDescription | undefined
  error: Error | null
  retry: () => void
}

/** The description of a relation that a screen knows by name, such as `public.documents`. */
export const useRelation = (schema: string, name: string): Relation => {
  const { sessionId } = useSession()
  const query = useQuery({
    queryKey: ['relation by name', { sessionId, schema, name }],
    queryFn: async ({ signal }) => {
      const found = await rpc.catalog.search.query({ sessionId, text: name, limit: 200 }, { signal })
      const relation = found.find(
        (object) =>
          object.schema === schema &&
          object.name === name &&
          relationKinds.some((kind) => kind === object.kind),
      )
      if (relation === undefined) {
        throw new ConsoleError(
          'NOT_FOUND',
          `"${schema}"."${name}" is not in this database, or it is hidden from this role.`,
          'Ask who runs the database to apply its migrations, or to grant SELECT on it.',
        )
      }
      const input = { sessionId, relation: relation.oid }
      const description = await rpc.rows.describe.query(input, { signal })
      queryClient.setQueryData(trpc.rows.describe.queryKey(input), description)
      return description
    },
  })
  return { description: query.data, error: query.error, retry: () => void query.refetch() }
}
