import { type RawBuilder, sql } from 'kysely'
import { type ColumnFamily, cellLimit } from '../../shared/rows.ts'
import type { Database } from '../session/database.ts'
import type { Column, Width } from './relation.ts'

/** A type as pg_type has it, a domain as what it is made of. */
type TypeRow = {
  oid: string
  is_domain: boolean
  /** Of a domain: the modifier, such as a length, that it gives the type below. */
  domain_modifier: number
  schema: string
  name: string
  kind: string
  category: string
  length: number
  element_schema: string | null
  element_name: string | null
  element_length: number | null
  range_schema: string | null
  range_name: string | null
  casts_by_output: boolean
  operators: string | null
  labels: string[] | null
}

/**
 * The schema of the operators `<`, `=`, `>` of the default btree class for `type`: the one for all enums, arrays, ranges or
 * rows, its own, or that of a type which it is implicitly the same as. ORDER BY finds the class by type, whatever the
 * search path; comparisons find operators by name, so they must name the schema to mean the same order.
 */
const orderOperators = (type: string): RawBuilder<unknown> => {
  const [oid, kind, category, length] = ['oid', 'typtype', 'typcategory', 'typlen'].map((name) =>
    sql.id(type, name),
  )
  return sql`
    case when ${kind} in ('e', 'r', 'm', 'c') or ${category} = 'A' and ${length} = -1 then 'pg_catalog'
         else (select ordered.schema
                 from ordered
                where ordered.type = ${oid}
                   or ordered.type in (select casttarget from pg_cast
                                        where castsource = ${oid} and castmethod = 'b' and castcontext = 'i')
                order by ordered.type = ${oid} desc
                limit 1)
    end`
}

/** Asked by oid, not by relation: a plan for all types of a table that could have 1,600 looks worth compiling, which takes seconds. */
const typeRows = (oids: readonly string[]) => sql<TypeRow>`
  with recursive chain as (
    select t.oid as start, t.oid, t.typtype, t.typbasetype, t.typtypmod, -1 as modifier
      from pg_type as t
     where t.oid = any (${`{${oids.join()}}`}::oid[])
    union all
    select chain.start, t.oid, t.typtype, t.typbasetype, t.typtypmod, chain.typtypmod
      from chain
      join pg_type as t on t.oid = chain.typbasetype
     where chain.typtype = 'd'
  ), ordered as materialized (
    select class.opcintype as type, schema.nspname as schema
      from pg_opclass as class
      join pg_am as method on method.oid = class.opcmethod and method.amname = 'btree'
      join pg_amop as member on member.amopfamily = class.opcfamily and member.amopstrategy = 1
                            and member.amoplefttype = class.opcintype and member.amoprighttype = class.opcintype
      join pg_operator as operator on operator.oid = member.amopopr and operator.oprname = '<'
      join pg_namespace as schema on schema.oid = operator.oprnamespace
     where class.opcdefault
  )
  select chain.start::text as oid, chain.start <> chain.oid as is_domain, chain.modifier as domain_modifier,
         schema.nspname::text as schema, t.typname::text as name,
         t.typtype::text as kind, t.typcategory::text as category, t.typlen as length,
         element_schema.nspname::text as element_schema, element.typname::text as element_name, element.typlen as element_length,
         range_schema.nspname::text as range_schema, range_type.typname::text as range_name,
         not exists (select from pg_cast
                      where castsource = t.oid and casttarget = 'text'::regtype and castmethod <> 'i') as casts_by_output,
         case when t.typtype = 'c' and exists (
                select from pg_attribute as a join pg_type as part on part.oid = a.atttypid
                 where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
                   and part.typtype <> 'd' and ${orderOperators('part')} is null) then null
              when t.typcategory = 'A' and item.typtype <> 'd' and ${orderOperators('item')} is null then null
              else ${orderOperators('t')}
         end::text as operators,
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
   where chain.typtype <> 'd'`

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

const familyOf = (row: TypeRow): ColumnFamily =>
  (row.schema === 'pg_catalog' ? families[row.name] : undefined) ??
  kindFamilies[row.kind] ??
  categoryFamilies[row.category] ??
  'other'

const widthOf = (row: TypeRow, modifier: number): Width => {
  if (row.length > 0) return 'narrow'
  if (row.kind === 'r' && (row.element_length ?? -1) > 0) return 'narrow'
  if (row.schema !== 'pg_catalog') return 'other'
  switch (row.name) {
    case 'inet':
    case 'cidr':
      return 'narrow'
    case 'numeric':
      return modifier >= 0 ? 'narrow' : 'other'
    case 'bit':
    case 'varbit':
      return modifier >= 0 && modifier <= cellLimit ? 'narrow' : 'other'
    case 'bpchar':
      return modifier >= 0 && modifier - 4 <= cellLimit ? 'narrow' : 'other'
    case 'varchar':
      return modifier >= 0 && modifier - 4 <= cellLimit ? 'narrow' : 'text'
    case 'text':
    case 'bytea':
      return row.name
    default:
      return 'other'
  }
}

const typeName = (schema: string | null, name: string | null): readonly [string, string] | null =>
  schema === null || name === null ? null : [schema, name]

/** What the grid and its SQL know of a column by its type. */
export type ColumnType = Pick<
  Column,
  | 'family'
  | 'sortable'
  | 'enumLabels'
  | 'baseType'
  | 'elementType'
  | 'rangeType'
  | 'castsByOutput'
  | 'operators'
> & {
  /** `modifier` is the column's own, as in `atttypmod`; that of a domain is the type's. */
  width: (modifier: number) => Width
}

/** The types of these oids, domains unwrapped. */
export const readTypes = async (
  database: Database,
  oids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ColumnType>> => {
  const rows = await database.query(typeRows(oids), { signal })
  return new Map(
    rows.map((row): [string, ColumnType] => [
      row.oid,
      {
        family: familyOf(row),
        sortable: row.operators !== null,
        enumLabels: row.labels ?? [],
        baseType: [row.schema, row.name],
        elementType: typeName(row.element_schema, row.element_name),
        rangeType: typeName(row.range_schema, row.range_name),
        castsByOutput: row.casts_by_output,
        operators: row.operators,
        width: (modifier) => widthOf(row, row.is_domain ? row.domain_modifier : modifier),
      },
    ]),
  )
}
