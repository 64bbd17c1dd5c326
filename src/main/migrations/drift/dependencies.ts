import type pg from 'pg'
import { newTag } from '../../session/tag.ts'
import { keyOf } from './catalog-object.ts'
import type { ObjectRow } from './kind-reader.ts'

type Address = { catalog: string; oid: string; part: number }

const addressOf = ({ catalog, oid, part }: Address): string => `${catalog} ${oid} ${part}`

/**
 * What depends on what, by address. A view's query and a default are rows of their own in pg_depend: they count as the view and the
 * column. The row type of a table counts as the table, an array as its element.
 */
const dependenciesSql = `
  with addressed as (
    select case when d.classid = 'pg_rewrite'::regclass and r.rulename = '_RETURN' then 'pg_class'::regclass
                when d.classid = 'pg_attrdef'::regclass then 'pg_class'::regclass
                else d.classid::regclass end as catalog,
           case when d.classid = 'pg_rewrite'::regclass and r.rulename = '_RETURN' then r.ev_class
                when d.classid = 'pg_attrdef'::regclass then e.adrelid
                else d.objid end as oid,
           case when d.classid = 'pg_attrdef'::regclass then e.adnum else d.objsubid end as part,
           case when t.typrelid <> 0 then 'pg_class'::regclass else d.refclassid::regclass end as on_catalog,
           case when t.typrelid <> 0 then t.typrelid when t.typelem <> 0 then t.typelem else d.refobjid end as on_oid,
           d.refobjsubid as on_part
      from pg_depend as d
      left join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
      left join pg_attrdef as e on d.classid = 'pg_attrdef'::regclass and e.oid = d.objid
      left join pg_type as t on d.refclassid = 'pg_type'::regclass and t.oid = d.refobjid
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
