import { type RawBuilder, sql } from 'kysely'
import { type ColumnFamily, cellLimit } from '../../shared/rows.ts'
import type { Database } from '../session/database.ts'
import type { Column, Width } from './relation.ts'

type ColumnRow = {
  number: number
  name: string
  type: string
  type_name: string
  not_null: boolean
  generated: boolean
  readable: boolean
  comment: string | null
  base_schema: string
  base_name: string
  base_kind: string
  base_category: string
  base_length: number
  modifier: number
  element_schema: string | null
  element_name: string | null
  element_length: number | null
  range_schema: string | null
  range_name: string | null
  operators: string | null
  labels: string[] | null
}

/**
 * The schema of the operators `<`, `=`, `>` of the default btree class for `type`: its own, that of a type which it is
 * implicitly the same as, or the one for all enums, arrays, ranges or rows. ORDER BY finds the class by type, whatever
 * the search path; comparisons find operators by name, so they must name the schema to mean the same order.
 */
const orderOperators = (type: string): RawBuilder<unknown> => {
  const [oid, kind, category, length] = ['oid', 'typtype', 'typcategory', 'typlen'].map((name) =>
    sql.id(type, name),
  )
  return sql`(
    select operator_schema.nspname
      from pg_opclass as class
      join pg_am as method on method.oid = class.opcmethod and method.amname = 'btree'
      join pg_amop as member on member.amopfamily = class.opcfamily and member.amopstrategy = 1
                            and member.amoplefttype = class.opcintype and member.amoprighttype = class.opcintype
      join pg_operator as operator on operator.oid = member.amopopr and operator.oprname = '<'
      join pg_namespace as operator_schema on operator_schema.oid = operator.oprnamespace
     where class.opcdefault
       and (class.opcintype = ${oid}
            or class.opcintype = case when ${kind} = 'e' then 'anyenum'::regtype
                                      when ${kind} = 'r' then 'anyrange'::regtype
                                      when ${kind} = 'm' then to_regtype('anymultirange')
                                      when ${kind} = 'c' then 'record'::regtype
                                      when ${category} = 'A' and ${length} = -1 then 'anyarray'::regtype
                                 end
            or exists (select from pg_cast as same
                        where same.castsource = ${oid} and same.casttarget = class.opcintype
                          and same.castmethod = 'b' and same.castcontext = 'i'))
     order by class.opcintype = ${oid} desc
     limit 1)`
}

const columnRows = (relation: string) => sql<ColumnRow>`
  with recursive attribute as (
    select a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attgenerated
      from pg_attribute as a
     where a.attrelid = ${relation}::oid and a.attnum > 0 and not a.attisdropped
  ), chain as (
    select t.oid as start, t.oid, t.typtype, t.typbasetype, t.typtypmod, -1 as modifier
      from pg_type as t
     where t.oid in (select atttypid from attribute)
    union all
    select chain.start, t.oid, t.typtype, t.typbasetype, t.typtypmod, chain.typtypmod
      from chain
      join pg_type as t on t.oid = chain.typbasetype
     where chain.typtype = 'd'
  ), base as materialized (
    select chain.start, chain.modifier, t.typname, t.typtype, t.typcategory, t.typlen, t.typrelid, schema.nspname,
           element_schema.nspname as element_schema, element.typname as element_name, element.typlen as element_length,
           range_schema.nspname as range_schema, range_type.typname as range_name,
           case when t.typtype = 'c' and exists (
                  select from pg_attribute as a join pg_type as part on part.oid = a.atttypid
                   where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
                     and part.typtype <> 'd' and ${orderOperators('part')} is null) then null
                when t.typcategory = 'A' and item.typtype <> 'd' and ${orderOperators('item')} is null then null
                when t.typtype in ('r', 'm') then 'pg_catalog'
                else ${orderOperators('t')}
           end as operators,
           (select array_agg(label.enumlabel::text order by label.enumsortorder)
              from pg_enum as label where label.enumtypid = t.oid) as labels
      from chain
      join pg_type as t on t.oid = chain.oid
      join pg_namespace as schema on schema.oid = t.typnamespace
      left join pg_type as item on item.oid = t.typelem and t.typcategory = 'A'
      left join pg_range as range on t.oid in (range.rngtypid, (to_jsonb(range) ->> 'rngmultitypid')::oid)
      left join pg_type as element on element.oid = range.rngsubtype
      left join pg_namespace as element_schema on element_schema.oid = element.typnamespace
      left join pg_type as range_type on range_type.oid = range.rngtypid
      left join pg_namespace as range_schema on range_schema.oid = range_type.typnamespace
     where chain.typtype <> 'd'
  )
  select a.attnum as number, a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type,
         coalesce(item.typname || '[]', own.typname)::text as type_name,
         a.attnotnull as not_null, a.attgenerated <> '' as generated,
         has_column_privilege(${relation}::oid, a.attnum, 'SELECT') as readable,
         col_description(${relation}::oid, a.attnum) as comment,
         base.nspname::text as base_schema, base.typname::text as base_name, base.typtype::text as base_kind,
         base.typcategory::text as base_category, base.typlen as base_length,
         case when own.typtype = 'd' then base.modifier else a.atttypmod end as modifier,
         base.element_schema::text, base.element_name::text, base.element_length,
         base.range_schema::text, base.range_name::text, base.operators::text, base.labels
    from attribute as a
    join pg_type as own on own.oid = a.atttypid
    left join pg_type as item on item.oid = own.typelem and own.typcategory = 'A' and own.typlen = -1
    join base on base.start = a.atttypid
   order by a.attnum`

const families: Record<string, ColumnFamily> = {
  int2: 'number',
  int4: 'number',
  int8: 'number',
  float4: 'number',
  float8: 'number',
  numeric: 'number',
  money: 'number',
  oid: 'number',
  bool: 'boolean',
  date: 'date',
  time: 'time',
  timetz: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  interval: 'interval',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'json',
  bytea: 'bytea',
  xml: 'xml',
  tsvector: 'tsvector',
  inet: 'network',
  cidr: 'network',
  macaddr: 'network',
  macaddr8: 'network',
  bit: 'bit',
  varbit: 'bit',
  char: 'text',
}

const kindFamilies: Record<string, ColumnFamily> = { e: 'enum', r: 'range', m: 'range', c: 'composite' }
const categoryFamilies: Record<string, ColumnFamily> = { A: 'array', G: 'geometric', S: 'text' }

const familyOf = (row: ColumnRow): ColumnFamily =>
  (row.base_schema === 'pg_catalog' ? families[row.base_name] : undefined) ??
  kindFamilies[row.base_kind] ??
  categoryFamilies[row.base_category] ??
  'other'

const widthOf = (row: ColumnRow): Width => {
  if (row.base_length > 0) return 'narrow'
  if (row.base_kind === 'r' && (row.element_length ?? -1) > 0) return 'narrow'
  if (row.base_schema !== 'pg_catalog') return 'other'
  switch (row.base_name) {
    case 'inet':
    case 'cidr':
      return 'narrow'
    case 'numeric':
      return row.modifier >= 0 ? 'narrow' : 'other'
    case 'bit':
    case 'varbit':
      return row.modifier >= 0 && row.modifier <= cellLimit ? 'narrow' : 'other'
    case 'bpchar':
      return row.modifier >= 0 && row.modifier - 4 <= cellLimit ? 'narrow' : 'other'
    case 'varchar':
      return row.modifier >= 0 && row.modifier - 4 <= cellLimit ? 'narrow' : 'text'
    case 'text':
    case 'bytea':
      return row.base_name
    default:
      return 'other'
  }
}

const typeName = (schema: string | null, name: string | null): readonly [string, string] | null =>
  schema === null || name === null ? null : [schema, name]

/** The columns of a relation in their order, each with whether the role may read it. `inKey` and `references` are open. */
export const readColumns = async (
  database: Database,
  relation: string,
  signal: AbortSignal,
): Promise<(Column & { number: number; readable: boolean })[]> => {
  const rows = await database.query(columnRows(relation), { signal })
  return rows.map((row) => ({
    number: row.number,
    readable: row.readable,
    name: row.name,
    type: row.type,
    shortType: row.type_name,
    family: familyOf(row),
    notNull: row.not_null,
    inKey: false,
    generated: row.generated,
    sortable: row.operators !== null,
    enumLabels: row.labels ?? [],
    comment: row.comment,
    references: null,
    baseType: [row.base_schema, row.base_name],
    elementType: typeName(row.element_schema, row.element_name),
    rangeType: typeName(row.range_schema, row.range_name),
    width: widthOf(row),
    operators: row.operators,
  }))
}
