import { grants } from '../acl.ts'
import { word } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'

const objects = word('d.defaclobjtype', {
  r: 'tables',
  S: 'sequences',
  f: 'functions',
  T: 'types',
  n: 'schemas',
  L: 'large objects',
})

/** ALTER DEFAULT PRIVILEGES. Those of one schema come on top of the role's own; no entry is the server's default. */
export const defaultPrivileges: KindReader = () => `
  select 'default privileges' as kind,
         format('for role %I%s on %s', pg_get_userbyid(d.defaclrole),
                (select format(' in schema %I', nspname) from pg_namespace where oid = d.defaclnamespace), ${objects}) as identity,
         (select quote_ident(nspname) from pg_namespace where oid = d.defaclnamespace) as parent,
         'pg_default_acl' as catalog, d.oid, 0 as part,
         ${grants('r', 'd.defaclacl', 'd.defaclrole')} as attributes,
         jsonb_build_object('role', quote_ident(pg_get_userbyid(d.defaclrole)), 'objects', ${objects},
           'schema', (select quote_ident(nspname) from pg_namespace where oid = d.defaclnamespace)) as definition
    from pg_default_acl as d`
