import { grants } from '../acl.ts'
import { comment, noMember, procedureName, roleName } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'

/** Options as a jsonb object. What may be a secret is told as set, not shown. */
const shownOptions = (array: string): string => `
  (select coalesce(jsonb_object_agg('option ' || split_part(o, '=', 1),
                     case when o ~* '^[^=]*(pass|secret|key|token|credential)' then '(set)' else substr(o, strpos(o, '=') + 1) end), '{}')
     from unnest(${array}) as o)`

/** Foreign-data wrappers, servers and user mappings. Of a mapping only that it is there: its options are passwords. */
export const foreign: KindReader = () => `
  select 'foreign-data wrapper' as kind, quote_ident(w.fdwname) as identity, null as parent,
         'pg_foreign_data_wrapper' as catalog, w.oid, 0 as part,
         jsonb_build_object('owner', ${roleName('w.fdwowner')}, 'comment', ${comment('pg_foreign_data_wrapper', 'w.oid')},
                            'handler', ${procedureName('w.fdwhandler')}, 'validator', ${procedureName('w.fdwvalidator')})
           || ${shownOptions('w.fdwoptions')} || ${grants('F', 'w.fdwacl', 'w.fdwowner')} as attributes,
         jsonb_build_object('name', quote_ident(w.fdwname)) as definition
    from pg_foreign_data_wrapper as w where ${noMember('pg_foreign_data_wrapper', 'w.oid')}
  union all
  select 'foreign server', quote_ident(s.srvname), null, 'pg_foreign_server', s.oid, 0,
         jsonb_build_object('owner', ${roleName('s.srvowner')}, 'comment', ${comment('pg_foreign_server', 's.oid')},
                            'wrapper', quote_ident(w.fdwname), 'type', s.srvtype, 'version', s.srvversion)
           || ${shownOptions('s.srvoptions')} || ${grants('S', 's.srvacl', 's.srvowner')},
         jsonb_build_object('name', quote_ident(s.srvname))
    from pg_foreign_server as s join pg_foreign_data_wrapper as w on w.oid = s.srvfdw
   where ${noMember('pg_foreign_server', 's.oid')}
  union all
  select 'user mapping', format('for %s server %I', case when m.umuser = 0 then 'PUBLIC' else quote_ident(m.usename) end, m.srvname),
         quote_ident(m.srvname), 'pg_user_mapping', m.umid, 0, '{}',
         jsonb_build_object('server', quote_ident(m.srvname),
                            'user', case when m.umuser = 0 then 'PUBLIC' else quote_ident(m.usename) end)
    from pg_user_mappings as m`
