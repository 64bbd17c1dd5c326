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
  ownedBy: string | null
  uses: [string, string][]
  isDefault: boolean
  persistence: string
  tablespace: string
  accessMethod: string | null
  statistics: string[]
  triggers: string[]
  columns: { name: string; type: number; typmod: number; notNull: boolean }[]
  constraints: {
    name: string
    kind: TableConstraint['kind']
    columns: (string | null)[]
    valid: boolean
    inherited: boolean
    references: [string, string] | null
    referenced: (string | null)[]
    onDelete: string
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
    union
    select c.oid
      from pg_catalog.pg_class as c
      join pg_catalog.pg_type as t on t.oid = c.reloftype
     where t.typname = any ($1)
    union
    select stxrelid from pg_catalog.pg_statistic_ext where stxname = any ($1)
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
       select indrelid    from pg_catalog.pg_index      where indexrelid = found.oid union all
       select indexrelid  from pg_catalog.pg_index      where indrelid   = found.oid union all
       -- Sequences and their tables.
       select objid       from pg_catalog.pg_depend
        where classid = 'pg_catalog.pg_class'::regclass and refclassid = classid and refobjid = found.oid and refobjsubid > 0
          and deptype in ('a', 'i') and objid in (select oid from pg_catalog.pg_class where relkind = 'S') union all
       select refobjid    from pg_catalog.pg_depend
        where classid = 'pg_catalog.pg_class'::regclass and refclassid = classid and objid = found.oid and refobjsubid > 0
          and deptype in ('a', 'i') and objid in (select oid from pg_catalog.pg_class where relkind = 'S') union all
       -- Views and what they read.
       select d.refobjid  from pg_catalog.pg_rewrite as w
         join pg_catalog.pg_depend as d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
        where w.ev_class = found.oid and w.rulename = '_RETURN' and d.refclassid = 'pg_catalog.pg_class'::regclass union all
       select w.ev_class  from pg_catalog.pg_depend as d
         join pg_catalog.pg_rewrite as w on w.oid = d.objid
        where d.classid = 'pg_catalog.pg_rewrite'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
          and d.refobjid = found.oid and w.rulename = '_RETURN'
     ) as edge (other)
  )
  select c.oid::int8::float8 as "oid", n.nspname::text as "schema", c.relname::text as "name", c.relkind::text as "kind",
         case when c.relkind in ('i', 'I')
              then (select array[pn.nspname, p.relname]::text[]
                      from pg_catalog.pg_index as i
                      join pg_catalog.pg_class as p on p.oid = i.indrelid
                      join pg_catalog.pg_namespace as pn on pn.oid = p.relnamespace
                     where i.indexrelid = c.oid)
              when c.relkind = 'S' then
                   (select array[pn.nspname, p.relname]::text[]
                      from pg_catalog.pg_depend as d
                      join pg_catalog.pg_class as p on p.oid = d.refobjid
                      join pg_catalog.pg_namespace as pn on pn.oid = p.relnamespace
                     where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = d.classid and d.objid = c.oid
                       and d.refobjsubid > 0 and d.deptype in ('a', 'i'))
              else (select array[pn.nspname, p.relname]::text[]
                      from pg_catalog.pg_inherits as i
                      join pg_catalog.pg_class as p on p.oid = i.inhparent
                      join pg_catalog.pg_namespace as pn on pn.oid = p.relnamespace
                     where i.inhrelid = c.oid
                     order by i.inhseqno limit 1)
          end as "parent",
         (select t.typname::text from pg_catalog.pg_type as t where t.oid = c.reloftype) as "ofType",
         (select a.attname::text
            from pg_catalog.pg_depend as d
            join pg_catalog.pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
           where c.relkind = 'S' and d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = d.classid and d.objid = c.oid
             and d.deptype in ('a', 'i')) as "ownedBy",
         coalesce((select pg_catalog.json_agg(distinct pg_catalog.jsonb_build_array(un.nspname, u.relname))
                     from pg_catalog.pg_rewrite as w
                     join pg_catalog.pg_depend as d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
                     join pg_catalog.pg_class as u on u.oid = d.refobjid and u.oid <> c.oid
                     join pg_catalog.pg_namespace as un on un.oid = u.relnamespace
                    where w.ev_class = c.oid and w.rulename = '_RETURN'
                      and d.refclassid = 'pg_catalog.pg_class'::regclass), '[]') as "uses",
         exists (select from pg_catalog.pg_partitioned_table as t where t.partdefid = c.oid) as "isDefault",
         c.relpersistence::text as "persistence",
         (select s.spcname::text
            from pg_catalog.pg_tablespace as s
           where s.oid = case when c.reltablespace = 0
                              then (select d.dattablespace from pg_catalog.pg_database as d
                                     where d.datname = pg_catalog.current_database())
                              else c.reltablespace end) as "tablespace",
         (select m.amname::text from pg_catalog.pg_am as m where m.oid = c.relam) as "accessMethod",
         array(select s.stxname::text from pg_catalog.pg_statistic_ext as s where s.stxrelid = c.oid) as "statistics",
         -- Up to 14 those that a partition has of its parent count as internal, too.
         array(select t.tgname::text from pg_catalog.pg_trigger as t
                where t.tgrelid = c.oid
                  and (not t.tgisinternal or t.tgparentid <> 0 and current_setting('server_version_num')::int < 150000)) as "triggers",
         coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object(
                     'name', a.attname, 'type', a.atttypid::int8, 'typmod', a.atttypmod, 'notNull', a.attnotnull))
                     from pg_catalog.pg_attribute as a
                    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'm', 'f')), '[]') as "columns",
         coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object(
                     'name', k.conname, 'kind', k.contype, 'valid', k.convalidated, 'inherited', k.conparentid <> 0,
                     'columns', array(select a.attname from pg_catalog.pg_attribute as a
                                       where a.attrelid = k.conrelid and a.attnum = any (k.conkey)),
                     'references', case when k.contype = 'f' then
                        (select array[fn.nspname, f.relname]::text[]
                           from pg_catalog.pg_class as f
                           join pg_catalog.pg_namespace as fn on fn.oid = f.relnamespace
                          where f.oid = k.confrelid) end,
                     'referenced', array(select a.attname from pg_catalog.pg_attribute as a
                                          where a.attrelid = k.confrelid and a.attnum = any (k.confkey)),
                     'onDelete', k.confdeltype,
                     'expression', case when k.contype = 'c' and $3 then pg_catalog.pg_get_expr(k.conbin, k.conrelid) end))
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

/**
 * Reads what the target knows of the relations that a plan names.
 * @param wanted.expressions false: what CHECKs prove stays unknown; printing them waits for who locks their tables
 */
export const readRelations = async (
  client: pg.ClientBase,
  { names, schemas, expressions }: { names: string[]; schemas: string[]; expressions: boolean },
): Promise<Relations> => {
  const { rows } = await client.query<Row>(`${newTag()} ${query}`, [names, schemas, expressions])
  const relations = new Relations()
  for (const row of rows) {
    const relation = newRelation(row.schema, row.name, row.kind)
    relation.oid = row.oid
    relation.ofType = row.ofType
    relation.ownedBy = row.ownedBy
    relation.uses = row.uses.map((parts) => displayName(...parts))
    relation.isDefault = row.isDefault
    relation.persistence = row.persistence
    relation.tablespace = row.tablespace
    relation.accessMethod = row.accessMethod
    relation.statistics = row.statistics
    relation.triggers = row.triggers
    relation.parent = row.parent === null ? null : displayName(...row.parent)
    for (const { name, ...column } of row.columns) relation.columns.set(name, column)
    for (const constraint of row.constraints) {
      const { name, expression, columns, references, referenced, onDelete, kind, valid, inherited } =
        constraint
      relation.constraints.set(name, {
        kind,
        valid,
        inherited,
        columns: present(columns),
        references: references === null ? null : displayName(...references),
        referenced: present(referenced),
        onDelete: kind === 'f' ? onDelete : null,
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
    if (['i', 'I', 'S'].includes(relation.kind)) continue
    relations.get(relation.parent)?.children.push(relation.key)
  }
  return relations
}
