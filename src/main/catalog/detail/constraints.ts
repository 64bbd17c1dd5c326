import { type RawBuilder, sql } from 'kysely'
import type { ScriptedPart } from './part.ts'
import type { Subject } from './subject.ts'

/**
 * The constraints of a table. NOT NULL ones, which have a name since PostgreSQL 18, are scripted with their columns once
 * they are validated.
 * A foreign key to a partitioned table has one more row per partition, which nobody made: these are left out.
 */
export const constraintsOf = ({ oid, identity }: Subject): RawBuilder<ScriptedPart> => sql`
  select con.conname::text as "name",
         pg_get_constraintdef(con.oid) as "definition",
         array_remove(array[
           case con.contype when 'p' then 'primary key' when 'u' then 'unique' when 'f' then 'foreign key'
                            when 'c' then 'check' when 'x' then 'exclusion' else 'not null' end,
           case when not con.convalidated then 'not validated' end,
           case when to_jsonb(con) ->> 'conenforced' = 'false' then 'not enforced' end,
           case when con.condeferred then 'initially deferred' when con.condeferrable then 'deferrable' end,
           case when con.connoinherit and con.contype = 'c' then 'no inherit' end,
           case when con.coninhcount > 0 then 'inherited' end
         ], null) as "flags",
         null as "bytes",
         d.description as "comment",
         case when created_here and con.convalidated
              then format('CONSTRAINT %I %s', con.conname, pg_get_constraintdef(con.oid)) end as "inline",
         array_remove(array[
           case when created_here and not con.convalidated
                then format('ALTER TABLE %s ADD CONSTRAINT %I %s', ${identity}::text, con.conname, pg_get_constraintdef(con.oid)) end,
           case when d.description is not null
                then format('COMMENT ON CONSTRAINT %I ON %s IS %L', con.conname, ${identity}::text, d.description) end
         ], null) as "statements"
    from pg_catalog.pg_constraint con
    join pg_catalog.pg_class c on c.oid = con.conrelid
   cross join lateral (select (con.contype <> 'n' or not con.convalidated)
                              and (con.conislocal or c.relispartition) as created_here) made
    left join pg_catalog.pg_description d
           on d.objoid = con.oid and d.classoid = 'pg_catalog.pg_constraint'::regclass and d.objsubid = 0
   where con.conrelid = ${oid}::oid
     and con.contype in ('p', 'u', 'f', 'c', 'x', 'n')
     and not exists (select from pg_catalog.pg_constraint whole
                      where whole.oid = con.conparentid and whole.conrelid = con.conrelid)
   order by position(con.contype::text in 'puxfcn'), con.conname`
