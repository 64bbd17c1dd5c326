import { sql } from 'kysely'
import type { MasksInput } from '../../shared/audit.ts'
import type { Database } from '../session/database.ts'
import { mayRead } from '../session/may-read.ts'

/** Columns of a table that `audit_logs` shows masked; none where the database has no such policy, or where the role may not see it. */
export const readMasks = async (
  database: Database,
  { schema, table }: MasksInput,
  signal: AbortSignal,
): Promise<string[]> => {
  if (!(await mayRead(database, ['audit.column_policy'], signal))) return []
  const rows = await database.query(
    sql<{ column: string }>`
      select column_name as "column" from audit.column_policy
       where schema_name = ${schema} and table_name = ${table} order by column_name`,
    { signal },
  )
  return rows.map(({ column }) => column)
}
