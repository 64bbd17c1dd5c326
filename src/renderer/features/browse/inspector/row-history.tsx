import { useQuery } from '@tanstack/react-query'
import type { RelationDescription } from '../../../../shared/rows.ts'
import { abortable, trpc } from '../../../app/rpc.ts'
import type { LoadedRow } from '../../../ui/grid/row-source.ts'
import { RowHistoryLink } from '../../../ui/row-history-link.tsx'

type RowHistoryProps = { sessionId: string; description: RelationDescription; row: LoadedRow }

/** The key of a row as the audit trail writes it: several columns joined by a slash, and a slash inside of a value told from it. */
const trailKey = ({ key, columns }: RelationDescription, row: LoadedRow): string | null => {
  const values = key.map((name) => row.cell(columns.findIndex((column) => column.name === name)))
  if (values.length === 0 || values.includes(null)) return null
  const [first] = values
  if (values.length === 1) return first ?? null
  return values.map((value) => value?.replaceAll('\\', '\\\\').replaceAll('/', '\\/')).join('/')
}

/** Leads to all that was recorded of a row, where its table is recorded. */
export const RowHistory = ({ sessionId, description, row }: RowHistoryProps) => {
  const { data } = useQuery(
    trpc.audit.recorded.queryOptions({ sessionId, relation: description.oid }, abortable),
  )
  const key = trailKey(description, row)
  if (data !== true || key === null) return null
  const { schema, name } = description
  return <RowHistoryLink schema={schema} table={name} row={key} className="link inspector-filter" />
}
