import { sql } from 'kysely'
import type { Database } from '../session/database.ts'
import { readTypes } from './column-types.ts'
import type { Column } from './relation.ts'

type ColumnRow = {
  name: string
  type_oid: string
  modifier: number
  type: string
  short_type: string
  not_null: boolean
  generated: boolean
  comment: string | null
}

/** Only the columns that the role may read. */
const columnRows = (relation: string) => sql<ColumnRow>`
  select a.attname::text as name, a.atttypid::text as type_oid, a.atttypmod as modifier,
         format_type(a.atttypid, a.atttypmod) as type, coalesce(item.typname || '[]', t.typname)::text as short_type,
         a.attnotnull as not_null, a.attgenerated <> '' as generated, comment.description as comment
    from pg_attribute as a
    join pg_type as t on t.oid = a.atttypid
    left join pg_type as item on item.oid = t.typelem and t.typcategory = 'A' and t.typlen = -1
    left join pg_description as comment on comment.objoid = a.attrelid and comment.classoid = 'pg_class'::regclass
                                       and comment.objsubid = a.attnum
   where a.attrelid = ${relation}::oid and a.attnum > 0 and not a.attisdropped
     and has_column_privilege(a.attrelid, a.attnum, 'SELECT')
   order by a.attnum`

/** The readable columns of a relation in their order. What keys tell of them, `inKey` and `references`, is left open. */
export const readColumns = async (
  database: Database,
  relation: string,
  signal: AbortSignal,
): Promise<Column[]> => {
  const rows = await database.query(columnRows(relation), { signal })
  const types = await readTypes(database, [...new Set(rows.map((row) => row.type_oid))], signal)
  return rows.flatMap((row) => {
    const type = types.get(row.type_oid)
    // Dropped between the two reads, and the column with it.
    if (type === undefined) return []
    return {
      ...type,
      width: type.width(row.modifier),
      name: row.name,
      type: row.type,
      shortType: row.short_type,
      notNull: row.not_null,
      inKey: false,
      generated: row.generated,
      comment: row.comment,
      references: null,
    }
  })
}
