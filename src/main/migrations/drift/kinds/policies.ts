import { comment, noMember, ownSchema, word } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'

const roles = `
  (select string_agg(case role when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(role)) end, ', '
                     order by pg_get_userbyid(role)::text collate "C")
     from unnest(p.polroles) as role)`

/** Policies of row security. Whether a table obeys them is the table's. */
export const policies: KindReader = () => `
  select 'policy' as kind, format('%I on %I.%I', p.polname, n.nspname, c.relname) as identity,
         format('%I.%I', n.nspname, c.relname) as parent, 'pg_policy' as catalog, p.oid, 0 as part,
         jsonb_build_object(
           'as',         case when p.polpermissive then 'permissive' else 'restrictive' end,
           'for',        ${word('p.polcmd', { r: 'select', a: 'insert', w: 'update', d: 'delete', '*': 'all' })},
           'to',         ${roles},
           'using',      pg_get_expr(p.polqual, p.polrelid),
           'with check', pg_get_expr(p.polwithcheck, p.polrelid),
           'comment',    ${comment('pg_policy', 'p.oid')}) as attributes,
         jsonb_build_object('name', quote_ident(p.polname)) as definition
    from pg_policy as p
    join pg_class as c on c.oid = p.polrelid
    join pg_namespace as n on n.oid = c.relnamespace
   where ${ownSchema('n.nspname')} and ${noMember('pg_class', 'c.oid')}`
