import { type RawBuilder, sql } from 'kysely'
import type { ScriptedPart } from './part.ts'
import type { Subject } from './subject.ts'

/** The row-level security policies of a table. The server deparses their expressions; the rest is joined here. */
export const policiesOf = ({ oid, identity }: Subject): RawBuilder<ScriptedPart> => sql`
  select p.polname::text as "name",
         script.definition as "definition",
         array[case when p.polpermissive then 'permissive' else 'restrictive' end, lower(script.command)] as "flags",
         null as "bytes",
         d.description as "comment",
         null as "inline",
         array_remove(array[
           script.definition,
           case when d.description is not null
                then format('COMMENT ON POLICY %I ON %s IS %L', p.polname, ${identity}::text, d.description) end
         ], null) as "statements"
    from pg_catalog.pg_policy p
   cross join lateral (
           select case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE'
                                when 'd' then 'DELETE' else 'ALL' end as command) c
   cross join lateral (
           select c.command,
                  concat_ws(' ',
                    format('CREATE POLICY %I ON %s', p.polname, ${identity}::text),
                    case when not p.polpermissive then 'AS RESTRICTIVE' end,
                    'FOR ' || c.command,
                    'TO ' || case when p.polroles = '{0}' then 'PUBLIC' else
                      (select string_agg(quote_ident(rolname), ', ' order by rolname)
                         from pg_catalog.pg_roles where pg_roles.oid = any (p.polroles)) end,
                    'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
                    'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')') as definition) script
    left join pg_catalog.pg_description d
           on d.objoid = p.oid and d.classoid = 'pg_catalog.pg_policy'::regclass and d.objsubid = 0
   where p.polrelid = ${oid}::oid
   order by p.polname`
