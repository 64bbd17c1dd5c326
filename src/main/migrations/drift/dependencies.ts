import type pg from 'pg'
import { newTag } from '../../session/tag.ts'
import { keyOf } from './catalog-object.ts'
import type { ObjectRow } from './kind-reader.ts'

type Address = { catalog: string; oid: string; part: number }

const addressOf = ({ catalog, oid, part }: Address): string => `${catalog} ${oid} ${part}`

/**
 * What depends on what, by address. A view's query and a default are rows of their own in pg_depend: they count as the view and the
 * column. The row type of a table counts as the table, an array as its element, the index behind a key as the key, the relation
 * behind a composite type as the type, and what an extension brought as the extension.
 */
const dependenciesSql = `
  with addressed as (
    select case when r.ev_class is not null or e.adrelid is not null then 'pg_class'::regclass
                when own.reltype is not null then 'pg_type'::regclass
                else d.classid::regclass end as catalog,
           coalesce(r.ev_class, e.adrelid, own.reltype, d.objid) as oid,
           coalesce(e.adnum, case when own.reltype is null then d.objsubid end, 0) as part,
           case when x.refobjid is not null then 'pg_extension'::regclass
                when k.oid is not null then 'pg_constraint'::regclass
                when c.relkind <> 'c' then 'pg_class'::regclass
                else d.refclassid::regclass end as on_catalog,
           coalesce(x.refobjid, k.oid, case when c.relkind <> 'c' then c.oid end, nullif(t.typelem, 0), d.refobjid) as on_oid,
           d.refobjsubid as on_part
      from pg_depend as d
      left join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid and r.rulename = '_RETURN'
      left join pg_attrdef as e on d.classid = 'pg_attrdef'::regclass and e.oid = d.objid
      left join pg_class as own on d.classid = 'pg_class'::regclass and own.oid = d.objid and own.relkind = 'c'
      left join pg_type as t on d.refclassid = 'pg_type'::regclass and t.oid = d.refobjid
      left join pg_class as c on c.oid = t.typrelid
      left join pg_constraint as k on d.refclassid = 'pg_class'::regclass and k.conindid = d.refobjid and k.contype in ('p', 'u', 'x')
      left join pg_depend as x on x.classid = d.refclassid and x.objid = d.refobjid and x.deptype = 'e'
     where d.deptype in ('n', 'a')
       -- Lower ones are the server's own.
       and d.refobjid >= 16384)
  select distinct catalog::text as catalog, oid::text as oid, part, on_catalog::text as on_catalog, on_oid::text as on_oid, on_part
    from addressed`

/** Keys of what each object needs, in the order of the objects. */
export const readDependencies = async (
  client: pg.ClientBase,
  objects: readonly ObjectRow[],
): Promise<string[][]> => {
  const { rows } = await client.query<Address & { on_catalog: string; on_oid: string; on_part: number }>(
    `${newTag()} ${dependenciesSql}`,
  )
  const keys = new Map(objects.map((object) => [addressOf(object), keyOf(object)]))
  const needed = new Map<string, string[]>()
  for (const { on_catalog: catalog, on_oid: oid, on_part: part, ...address } of rows) {
    const on = keys.get(addressOf({ catalog, oid, part })) ?? keys.get(addressOf({ catalog, oid, part: 0 }))
    if (on === undefined) continue
    const known = needed.get(addressOf(address))
    if (known === undefined) needed.set(addressOf(address), [on])
    else known.push(on)
  }
  return objects.map((object) => {
    const relation = object.part === 0 ? undefined : keys.get(addressOf({ ...object, part: 0 }))
    const on = [...(relation === undefined ? [] : [relation]), ...(needed.get(addressOf(object)) ?? [])]
    return on.filter((key) => key !== keyOf(object)).sort()
  })
}
