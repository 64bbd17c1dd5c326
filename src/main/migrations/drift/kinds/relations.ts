import { grants } from '../acl.ts'
import {
  accessMethod,
  comment,
  noMember,
  options,
  ownSchema,
  relationName,
  roleName,
  tablespaceName,
  word,
} from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'

const kind = word('c.relkind', {
  r: 'table',
  p: 'table',
  f: 'foreign table',
  v: 'view',
  m: 'materialized view',
})

/** Parents of a table, in the order in which it inherits. */
const parents = `
  (select string_agg(${relationName('i.inhparent')}, ', ' order by i.inhseqno) from pg_inherits as i where i.inhrelid = c.oid)`

const replicaIdentity = `case c.relreplident when 'i' then (select 'index ' || quote_ident(x.relname)
                            from pg_index as r join pg_class as x on x.oid = r.indexrelid
                           where r.indrelid = c.oid and r.indisreplident)
                         else ${word('c.relreplident', { d: 'default', n: 'nothing', f: 'full' })} end`

const ofTables = `
  jsonb_build_object(
    'persistence',         ${word('c.relpersistence', { p: 'permanent', u: 'unlogged' })},
    'tablespace',          ${tablespaceName('c.reltablespace')},
    'access method',       ${accessMethod('c.relam')},
    'partition by',        pg_get_partkeydef(c.oid),
    'partition of',        case when c.relispartition then ${parents} end,
    'partition bound',     pg_get_expr(c.relpartbound, c.oid),
    'inherits',            case when not c.relispartition then ${parents} end,
    'of type',             case when c.reloftype <> 0 then format_type(c.reloftype, null) end,
    'replica identity',    case when c.relkind <> 'f' then ${replicaIdentity} end,
    'row security',        c.relrowsecurity::text,
    'row security forced', c.relforcerowsecurity::text)
  || ${options(`(select t.reloptions from pg_class as t where t.oid = c.reltoastrelid)`, 'option toast.')}`

const ofForeignTables = `
  (select jsonb_build_object('server', quote_ident(s.srvname)) || ${options('f.ftoptions')}
     from pg_foreign_table as f join pg_foreign_server as s on s.oid = f.ftserver where f.ftrelid = c.oid)`

/** Tables, foreign tables, views and materialized views. Their columns are objects of their own. */
export const relations: KindReader = () => `
  select ${kind} as kind, format('%I.%I', n.nspname, c.relname) as identity, quote_ident(n.nspname) as parent,
         'pg_class' as catalog, c.oid, 0 as part,
         jsonb_build_object('owner', ${roleName('c.relowner')}, 'comment', ${comment('pg_class', 'c.oid')})
           || case when c.relkind in ('r', 'p', 'f') then ${ofTables}
                   when c.relkind = 'm' then jsonb_build_object('query', pg_get_viewdef(c.oid),
                          'tablespace', ${tablespaceName('c.reltablespace')}, 'access method', ${accessMethod('c.relam')})
                   else jsonb_build_object('query', pg_get_viewdef(c.oid)) end
           || case when c.relkind = 'f' then ${ofForeignTables} else '{}' end
           || ${options('c.reloptions')}
           || ${grants('r', 'c.relacl', 'c.relowner')} as attributes,
         jsonb_build_object('name', quote_ident(c.relname), 'schema', quote_ident(n.nspname)) as definition
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'f', 'v', 'm') and ${ownSchema('n.nspname')} and ${noMember('pg_class', 'c.oid')}`
