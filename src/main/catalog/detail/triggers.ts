import { type RawBuilder, sql } from 'kysely'
import type { ScriptedPart } from './part.ts'
import type { Subject } from './subject.ts'

/**
 * The triggers that somebody made, with whether they fire. A partition has copies of its parent's, internal ones up to
 * PostgreSQL 14: they are shown, and scripted only where their state differs.
 */
export const triggersOf = ({ oid, identity, word }: Subject): RawBuilder<ScriptedPart> => sql`
  select t.tgname::text as "name",
         pg_get_triggerdef(t.oid) as "definition",
         array_remove(array[
           case t.tgenabled when 'O' then 'enabled' when 'D' then 'disabled' when 'R' then 'replica' else 'always' end,
           case when t.tgconstraint <> 0 then 'constraint' end,
           case when t.tgparentid <> 0 then 'inherited' end
         ], null) as "flags",
         null as "bytes",
         d.description as "comment",
         null as "inline",
         array_remove(array[
           case when parent.oid is null then pg_get_triggerdef(t.oid) end,
           case when t.tgenabled <> coalesce(parent.tgenabled, 'O')
                then format('ALTER %s %s %s TRIGGER %I', ${word}::text, ${identity}::text,
                       case t.tgenabled when 'D' then 'DISABLE' when 'R' then 'ENABLE REPLICA'
                                        when 'A' then 'ENABLE ALWAYS' else 'ENABLE' end, t.tgname) end,
           case when d.description is not null
                then format('COMMENT ON TRIGGER %I ON %s IS %L', t.tgname, ${identity}::text, d.description) end
         ], null) as "statements"
    from pg_catalog.pg_trigger t
    left join pg_catalog.pg_trigger parent on parent.oid = t.tgparentid
    left join pg_catalog.pg_description d
           on d.objoid = t.oid and d.classoid = 'pg_catalog.pg_trigger'::regclass and d.objsubid = 0
   where t.tgrelid = ${oid}::oid
     and (not t.tgisinternal
          -- Up to 14 those of foreign keys have no parent.
          or t.tgparentid <> 0 and current_setting('server_version_num')::int < 150000)
   order by t.tgname`
