import { useQuery } from '@tanstack/react-query'
import { rpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { pullWhole } from '../grid/relation-rows.ts'
import type { RelationRow } from './record.ts'

type WholeValue = { text: string | null; pending: boolean; error: Error | null }

/** The whole value of a column: pages of rows carry the beginning of a long one only, the rest is asked for here. */
export const useWholeValue = (record: RelationRow, column: string): WholeValue => {
  const { sessionId } = useSession()
  const isCut = record.isCut(column)
  const relation = record.description.oid
  const query = useQuery({
    queryKey: ['whole value', { sessionId, relation, column, key: record.key }],
    enabled: isCut,
    gcTime: 0,
    queryFn: async ({ signal }) => {
      const { resultId } = await rpc.rows.cell.mutate(
        { sessionId, relation, column, key: record.key },
        { signal },
      )
      if (resultId === null) return null
      const parts = await pullWhole(sessionId, resultId, signal)
      return new Blob(parts as BlobPart[]).text()
    },
  })
  if (!isCut) return { text: record.text(column), pending: false, error: null }
  return { text: query.data ?? null, pending: query.isPending, error: query.error }
}
