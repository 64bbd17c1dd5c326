import { sql } from 'kysely'
import type { Database } from './database.ts'

/** Whether the role may read all of these tables, named with their schema. Not, where one is not there. */
export const mayRead = async (
  database: Database,
  tables: readonly string[],
  signal: AbortSignal,
): Promise<boolean> => {
  const [access] = await database.query(
    sql<{ may: boolean }>`
      select coalesce(bool_and(coalesce(has_table_privilege(to_regclass(name), 'SELECT'), false)), false) as may
        from unnest(${[...tables]}::text[]) name`,
    { signal },
  )
  return access?.may === true
}
