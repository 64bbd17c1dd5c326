import { grants } from '../acl.ts'
import { comment, noMember, ownSchema, roleName } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'

/** Whose `public` is differs by version and history of a cluster, not by migration: all that it may be by default is one. */
const owner = `case when n.nspname = 'public' and (n.nspowner = 10 or n.nspowner = d.datdba
                         or pg_get_userbyid(n.nspowner) = 'pg_database_owner')
                    then 'pg_database_owner' else ${roleName('n.nspowner')} end`

/** Schemas, and what the database itself lets whom do. Who owns the database was decided before its first migration. */
export const schemas: KindReader = () => `
  select 'schema' as kind, quote_ident(n.nspname) as identity, null as parent, 'pg_namespace' as catalog, n.oid, 0 as part,
         jsonb_build_object('owner', ${owner}, 'comment', ${comment('pg_namespace', 'n.oid')})
           || ${grants('n', 'n.nspacl', 'n.nspowner')} as attributes,
         jsonb_build_object('name', quote_ident(n.nspname)) as definition
    from pg_namespace as n
    join pg_database as d on d.datname = current_database()
   where ${ownSchema('n.nspname')} and ${noMember('pg_namespace', 'n.oid')}
  union all
  select 'database', quote_ident(d.datname), null, 'pg_database', d.oid, 0,
         ${grants('d', 'd.datacl', 'd.datdba')},
         jsonb_build_object('name', quote_ident(d.datname))
    from pg_database as d where d.datname = current_database()`
