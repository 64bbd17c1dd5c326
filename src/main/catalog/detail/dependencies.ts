import { type RawBuilder, sql } from 'kysely'
import type { CatalogDetail, CatalogObject, ObjectKind } from '../../../shared/catalog.ts'
import { objectsAt } from '../objects.ts'
import { catalogOf } from './address.ts'
import type { Read } from './subject.ts'

/** Dependencies that are shown in each direction at most. */
const dependencyLimit = 200

type DependencyRow = Pick<CatalogDetail['dependencies'][number], 'direction' | 'description'> & {
  catalog: string
  objid: string
}

/** Rules, defaults, constraints, triggers, policies and row types: parts that stand for the relation that they belong to. */
const partsOf = (classid: RawBuilder<unknown>, objid: RawBuilder<unknown>) => sql`
  select ev_class as relation from pg_catalog.pg_rewrite
   where ${classid} = 'pg_catalog.pg_rewrite'::regclass and oid = ${objid}
   union all
  select adrelid from pg_catalog.pg_attrdef
   where ${classid} = 'pg_catalog.pg_attrdef'::regclass and oid = ${objid}
   union all
  select conrelid from pg_catalog.pg_constraint
   where ${classid} = 'pg_catalog.pg_constraint'::regclass and oid = ${objid} and conrelid <> 0
   union all
  select tgrelid from pg_catalog.pg_trigger
   where ${classid} = 'pg_catalog.pg_trigger'::regclass and oid = ${objid}
   union all
  select polrelid from pg_catalog.pg_policy
   where ${classid} = 'pg_catalog.pg_policy'::regclass and oid = ${objid}
   union all
  select c.oid from pg_catalog.pg_type t join pg_catalog.pg_class c on c.oid = t.typrelid
   where ${classid} = 'pg_catalog.pg_type'::regclass and t.oid = ${objid} and c.relkind <> 'c'`

/**
 * `pg_depend` around an object and its parts (a view's rule, a table's constraints, defaults, indexes, triggers, policies).
 * What a part of another relation does is told of that relation. Built-in objects, schemas and the triggers behind foreign
 * keys are left out: everything uses them.
 */
const neighbours = (kind: ObjectKind, oid: string): RawBuilder<DependencyRow> => sql`
  with recursive self (classid, objid) as (
    select ${sql.lit(catalogOf(kind))}::regclass::oid, ${oid}::oid
     union
    select d.classid, d.objid
      from self join pg_catalog.pg_depend d on d.refclassid = self.classid and d.refobjid = self.objid
     where d.deptype in ('a', 'i', 'P', 'S')
       -- Parts of a partition depend on its parent's: only what belongs to this object itself is followed.
       and case d.classid
             when 'pg_catalog.pg_rewrite'::regclass then true
             when 'pg_catalog.pg_attrdef'::regclass then true
             when 'pg_catalog.pg_policy'::regclass then true
             when 'pg_catalog.pg_type'::regclass then true
             when 'pg_catalog.pg_trigger'::regclass then
               exists (select from pg_catalog.pg_trigger t where t.oid = d.objid and t.tgrelid = ${oid}::oid)
             when 'pg_catalog.pg_constraint'::regclass then
               exists (select from pg_catalog.pg_constraint con
                        where con.oid = d.objid and con.conrelid in (0, ${oid}::oid)
                          -- A foreign key to a partitioned table has a copy for each of its partitions.
                          and not exists (select from pg_catalog.pg_constraint whole
                                           where whole.oid = con.conparentid and whole.conrelid = con.conrelid))
             when 'pg_catalog.pg_class'::regclass then
               exists (select from pg_catalog.pg_class c
                        where c.oid = d.objid
                          and (c.relkind in ('t', 'c') or c.relnamespace = 'pg_toast'::regnamespace
                               or exists (select from pg_catalog.pg_index i
                                           where i.indexrelid = c.oid and i.indrelid = ${oid}::oid)))
             else false
           end),
  found as (
    select 'uses' as direction, d.refclassid as classid, coalesce(element.oid, d.refobjid) as objid
      from self join pg_catalog.pg_depend d on d.classid = self.classid and d.objid = self.objid
      left join pg_catalog.pg_type element
             on d.refclassid = 'pg_catalog.pg_type'::regclass and element.typarray = d.refobjid
     union
    select 'used by', d.classid, d.objid
      from self join pg_catalog.pg_depend d on d.refclassid = self.classid and d.refobjid = self.objid
     union
    select 'used by', d.classid, d.objid
      from pg_catalog.pg_shdepend d
     where d.refclassid = ${sql.lit(catalogOf(kind))}::regclass and d.refobjid = ${oid}::oid
       and d.dbid in (0, (select b.oid from pg_catalog.pg_database b where b.datname = current_database()))),
  others as (
    select f.direction, f.classid as part_class, f.objid as part,
           case when whole.relation is null then f.classid else 'pg_catalog.pg_class'::regclass::oid end as classid,
           coalesce(whole.relation, f.objid) as objid
      from found f
      left join lateral (${partsOf(sql`f.classid`, sql`f.objid`)}) whole on true
     where (f.classid, f.objid) not in (select classid, objid from self)
       and f.objid >= 16384
       and f.classid <> 'pg_catalog.pg_namespace'::regclass
       and not exists (select from pg_catalog.pg_trigger t
                        where f.classid = 'pg_catalog.pg_trigger'::regclass and t.oid = f.objid and t.tgisinternal)
       -- Only foreign keys use an index, and they use its table as well.
       and not (f.direction = 'uses' and f.classid = 'pg_catalog.pg_class'::regclass
                and exists (select from pg_catalog.pg_index i where i.indexrelid = f.objid))
     limit ${10 * dependencyLimit}),
  told as (
    select distinct direction, classid, objid,
           case part_class
             when 'pg_catalog.pg_rewrite'::regclass then pg_describe_object(classid, objid, 0)
             else pg_describe_object(part_class, part, 0)
           end as description
      from others
     where (classid, objid) not in (select classid, objid from self)),
  numbered as (
    select *, row_number() over (partition by direction order by description) as place
      from told where description is not null)
  select direction as "direction", description as "description", objid::text as "objid",
         'pg_catalog.' || (select c.relname from pg_catalog.pg_class c where c.oid = classid) as "catalog"
    from numbered
   where place <= ${dependencyLimit}
   order by direction desc, place`

/** What the object uses and what uses it, 200 of each at most. */
export const readDependencies = async (
  read: Read,
  kind: ObjectKind,
  oid: string,
): Promise<CatalogDetail['dependencies']> => {
  const rows = await read(neighbours(kind, oid))
  if (rows.length === 0) return []
  const objects = await read(
    sql<CatalogObject>`
      with found as materialized (
        select catalog::regclass as classid, objid
          from unnest(${rows.map(({ catalog }) => catalog)}::text[], ${rows.map(({ objid }) => objid)}::oid[])
               as x (catalog, objid))
      ${objectsAt(sql`found`)}`,
  )
  const byAddress = new Map(objects.map((object) => [`${catalogOf(object.kind)} ${object.oid}`, object]))
  return rows.map(({ direction, description, catalog, objid }) => ({
    direction,
    description,
    object: byAddress.get(`${catalog} ${objid}`) ?? null,
  }))
}
