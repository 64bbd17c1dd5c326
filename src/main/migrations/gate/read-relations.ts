import { type Node, parse } from 'libpg-query'
import type pg from 'pg'
import { newTag } from '../../session/tag.ts'
import { displayName } from './names.ts'
import { newRelation, Relations, type TableConstraint } from './relations.ts'
import { bodyOf, provenNotNull } from './tree.ts'

type Row = {
  oid: number
  schema: string
  name: string
  kind: string
  parent: [string, string] | null
  ofType: string | null
  columns: { name: string; type: number; typmod: number; notNull: boolean }[]
  constraints: {
    name: string
    kind: TableConstraint['kind']
    columns: (string | null)[]
    valid: boolean
    references: [string, string] | null
    expression: string | null
  }[]
  indexes: { name: string; columns: (string | null)[]; hasExpressions: boolean }[]
}

/**
 * Relations of these names in any schema and all relations of these schemas, with whatever a statement on them also touches:
 * partitions, parents, tables on the other end of a foreign key, the table of an index, tables of a type.
 */
const query = `
  with recursive named (oid) as (
    select c.oid
      from pg_catalog.pg_class as c
      join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
     where (c.relname = any ($1) or n.nspname = any ($2))
       and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I', 'c')
       and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_(toast_)?temp_'
     union
    select a.attrelid
      from pg_catalog.pg_attribute as a
      join pg_catalog.pg_type as t on t.oid = a.atttypid
      join pg_catalog.pg_class as c on c.oid = a.attrelid
     where t.typname = any ($1) and t.typtype in ('d', 'c', 'e') and c.relkind in ('r', 'p', 'm')
  ), found (oid) as (
    select oid from named
     union
    select edge.other
      from found
     cross join lateral (
       select inhrelid    from pg_catalog.pg_inherits   where inhparent  = found.oid union all
       select inhparent   from pg_catalog.pg_inherits   where inhrelid   = found.oid union all
       select confrelid   from pg_catalog.pg_constraint where conrelid   = found.oid and contype = 'f' union all
       select conrelid    from pg_catalog.pg_constraint where confrelid  = found.oid and contype = 'f' union all
       select indrelid    from pg_catalog.pg_index      where indexrelid = found.oid
     ) as edge (other)
  )
  select c.oid::int8::float8 as "oid", n.nspname::text as "schema", c.relname::text as "name", c.relkind::text as "kind",
         case when c.relkind in ('i', 'I')
              then (select array[pn.nspname, p.relname]::text[]
                      from pg_catalog.pg_index as i
                      join pg_catalog.pg_class as p on p.oid = i.indrelid
                      join pg_catalog.pg_namespace as pn on pn.oid = p.relnamespace
                     where i.indexrelid = c.oid)
              else (select array[pn.nspname, p.relname]::text[]
                      from pg_catalog.pg_inherits as i
                      join pg_catalog.pg_class as p on p.oid = i.inhparent
                      join pg_catalog.pg_namespace as pn on pn.oid = p.relnamespace
                     where i.inhrelid = c.oid
                     order by i.inhseqno limit 1)
          end as "parent",
         (select t.typname::text from pg_catalog.pg_type as t where t.oid = c.reloftype) as "ofType",
         coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object(
                     'name', a.attname, 'type', a.atttypid::int8, 'typmod', a.atttypmod, 'notNull', a.attnotnull))
                     from pg_catalog.pg_attribute as a
                    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'm', 'f')), '[]') as "columns",
         coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object(
                     'name', k.conname, 'kind', k.contype, 'valid', k.convalidated,
                     'columns', array(select a.attname from pg_catalog.pg_attribute as a
                                       where a.attrelid = k.conrelid and a.attnum = any (k.conkey)),
                     'references', case when k.contype = 'f' then
                        (select array[fn.nspname, f.relname]::text[]
                           from pg_catalog.pg_class as f
                           join pg_catalog.pg_namespace as fn on fn.oid = f.relnamespace
                          where f.oid = k.confrelid) end,
                     'expression', case when k.contype = 'c' then pg_catalog.pg_get_expr(k.conbin, k.conrelid) end))
                     from pg_catalog.pg_constraint as k
                    where k.conrelid = c.oid and c.relkind in ('r', 'p', 'f')), '[]') as "constraints",
         coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object(
                     'name', ic.relname, 'hasExpressions', i.indexprs is not null or i.indpred is not null,
                     'columns', array(select a.attname from pg_catalog.pg_attribute as a
                                       where a.attrelid = i.indrelid and a.attnum = any (i.indkey))))
                     from pg_catalog.pg_index as i
                     join pg_catalog.pg_class as ic on ic.oid = i.indexrelid
                    where i.indrelid = c.oid), '[]') as "indexes"
    from found
    join pg_catalog.pg_class as c on c.oid = found.oid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace`

const parseExpression = async (expression: string): Promise<Node | undefined> => {
  const { stmts = [] } = await parse(`select ${expression}`)
  const [target] = bodyOf(stmts[0]?.stmt, 'SelectStmt')?.targetList ?? []
  return bodyOf(target, 'ResTarget')?.val
}

const present = (names: (string | null)[]): string[] => names.flatMap((name) => name ?? [])

/** Reads what the target knows of the relations that a plan names. */
export const readRelations = async (
  client: pg.ClientBase,
  { names, schemas }: { names: string[]; schemas: string[] },
): Promise<Relations> => {
  const { rows } = await client.query<Row>(`${newTag()} ${query}`, [names, schemas])
  const relations = new Relations()
  for (const row of rows) {
    const relation = newRelation(row.schema, row.name, row.kind)
    relation.oid = row.oid
    relation.ofType = row.ofType
    relation.parent = row.parent === null ? null : displayName(...row.parent)
    for (const { name, ...column } of row.columns) relation.columns.set(name, column)
    for (const { name, expression, columns, references, kind, valid } of row.constraints) {
      relation.constraints.set(name, {
        kind,
        valid,
        columns: present(columns),
        references: references === null ? null : displayName(...references),
        proves: expression === null ? [] : provenNotNull(await parseExpression(expression)),
      })
      // 18 marks a column as not null also while the constraint is not valid.
      const column = kind === 'n' && !valid ? relation.columns.get(columns[0] ?? '') : undefined
      if (column !== undefined) column.notNull = false
    }
    for (const { name, columns, hasExpressions } of row.indexes) {
      relation.indexes.set(name, { columns: present(columns), hasExpressions })
    }
    relations.add(relation)
  }
  for (const relation of relations.all()) {
    if (relation.kind === 'i' || relation.kind === 'I') continue
    relations.get(relation.parent)?.children.push(relation.key)
  }
  return relations
}
