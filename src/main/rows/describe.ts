import { sql } from 'kysely'
import { ConsoleError } from '../../shared/errors.ts'
import type { RelationDescription } from '../../shared/rows.ts'
import type { Database } from '../session/database.ts'
import { identifier } from '../session/identifier.ts'
import { readColumns } from './columns.ts'
import { readKeys, readReferences } from './keys.ts'
import type { Column, Relation } from './relation.ts'

type RelationRow = {
  schema: string
  name: string
  kind: RelationDescription['kind'] | null
  may_use_schema: boolean
  may_read_some: boolean
  role: string
  comment: string | null
  estimated_rows: number | null
  total_bytes: string | null
}

/** Rows and bytes of a parent are those of its children: of partitions, and with plain inheritance of itself too. */
const relationRow = (relation: string) => sql<RelationRow>`
  with recursive part as (
    select ${relation}::oid as oid
    union
    select inhrelid from pg_inherits join part on inhparent = part.oid
  )
  select schema.nspname::text as schema, c.relname::text as name,
         case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
                        when 'm' then 'materialized view' when 'f' then 'foreign table' end as kind,
         has_schema_privilege(schema.oid, 'USAGE') as may_use_schema,
         has_any_column_privilege(c.oid, 'SELECT') or has_table_privilege(c.oid, 'SELECT') as may_read_some,
         current_user::text as role,
         obj_description(c.oid, 'pg_class') as comment,
         (select sum(leaf.reltuples) from part join pg_class as leaf using (oid)
           where leaf.relkind in ('r', 'm', 'f') and leaf.reltuples >= 0 and leaf.relpages > 0)::float8 as estimated_rows,
         case when c.relkind in ('r', 'p', 'm')
              then (select sum(pg_total_relation_size(oid)) from part)::text end as total_bytes
    from pg_class as c
    join pg_namespace as schema on schema.oid = c.relnamespace
   where c.oid = ${relation}::oid`

const readRelationRow = async (
  database: Database,
  relation: string,
  lastKnownName: string | null,
  signal: AbortSignal,
): Promise<RelationRow & { kind: RelationDescription['kind'] }> => {
  const [row] = await database.query(relationRow(relation), { signal })
  if (row === undefined) {
    throw new ConsoleError(
      'NOT_FOUND',
      `${lastKnownName === null ? 'The relation' : `Table ${lastKnownName}`} no longer exists.`,
      'Reload the tree: it was dropped, or dropped and made anew.',
    )
  }
  const { kind } = row
  if (kind === null) {
    throw new ConsoleError(
      'INVALID_INPUT',
      `"${row.schema}"."${row.name}" is not a relation with rows to browse.`,
      'Open a table or a view.',
    )
  }
  return { ...row, kind }
}

const denied = (row: RelationRow, missing: string): ConsoleError => {
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
  const grant =
    missing === 'USAGE'
      ? `GRANT USAGE ON SCHEMA ${quoted(row.schema)} TO ${quoted(row.role)}`
      : `GRANT SELECT ON ${quoted(row.schema)}.${quoted(row.name)} TO ${quoted(row.role)}`
  return new ConsoleError(
    'PERMISSION_DENIED',
    `The role "${row.role}" may not read "${row.schema}"."${row.name}": it lacks ${missing}${missing === 'USAGE' ? ` on the schema "${row.schema}"` : ''}.`,
    `Ask its owner to run: ${grant};`,
  )
}

/** Milliseconds that the search for NULLs in a materialized view's unique columns may take. */
const nullCheckTimeout = 2000

/**
 * Whether a unique index that allows NULLs tells all rows apart now. When that cannot be found out in time, it is no key.
 */
const hasNoNulls = async (
  database: Database,
  row: RelationRow,
  columns: readonly string[],
  signal: AbortSignal,
): Promise<boolean> => {
  const table = identifier(row.schema, row.name)
  const tests = columns.map((name) => sql`exists (select from ${table} where ${identifier(name)} is null)`)
  try {
    const [found] = await database.query(
      sql<{ nulls: boolean }>`select ${sql.join(tests, sql` or `)} as nulls`,
      {
        signal,
        timeout: nullCheckTimeout,
      },
    )
    return found?.nulls === false
  } catch (error) {
    if (error instanceof ConsoleError && error.code !== 'CANCELLED' && !signal.aborted) return false
    throw error
  }
}

const chooseKey = async (
  database: Database,
  row: RelationRow,
  readable: ReadonlyMap<string, Column>,
  keys: readonly { columns: string[]; nullable: boolean }[],
  signal: AbortSignal,
): Promise<string[]> => {
  for (const { columns, nullable } of keys) {
    if (!columns.every((name) => readable.get(name)?.sortable === true)) continue
    if (nullable && !(await hasNoNulls(database, row, columns, signal))) continue
    return columns
  }
  return []
}

/**
 * Everything that reading rows of a relation needs to know. Only the columns that the role may read are listed, and a key
 * counts only when all of it may be read.
 *
 * Fails with `NOT_FOUND` when there is none of that oid (naming `lastKnownName`), with `PERMISSION_DENIED` and the grant
 * that helps when none of it may be read.
 */
export const describeRelation = async (
  database: Database,
  relation: string,
  lastKnownName: string | null,
  signal: AbortSignal,
): Promise<Relation> => {
  const [row, all, keys, references] = await Promise.all([
    readRelationRow(database, relation, lastKnownName, signal),
    readColumns(database, relation, signal),
    readKeys(database, relation, signal),
    readReferences(database, relation, signal),
  ])
  if (!row.may_use_schema) throw denied(row, 'USAGE')
  if (!row.may_read_some) throw denied(row, 'SELECT')
  const readable = new Map(all.map((column) => [column.name, column]))
  const key = await chooseKey(database, row, readable, keys, signal)
  const columns = new Map<string, Column>()
  for (const [name, column] of readable) {
    columns.set(name, {
      ...column,
      inKey: key.includes(name),
      notNull: column.notNull || key.includes(name),
      references: references.outgoing.find((reference) => reference.columns.includes(name)) ?? null,
    })
  }
  return {
    columns,
    description: {
      oid: relation,
      schema: row.schema,
      name: row.name,
      kind: row.kind,
      columns: [...columns.values()].map(
        ({ baseType, elementType, rangeType, width, castsByOutput, operators, ...shown }) => shown,
      ),
      key,
      estimatedRows: row.estimated_rows,
      totalBytes: row.total_bytes === null ? null : Number(row.total_bytes),
      comment: row.comment,
      referencedBy: references.incoming,
    },
  }
}
