import { comment, noMember, ownSchema, roleName, word } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'

/** Collations that somebody made. The version of the library behind one is the machine's. */
export const collations: KindReader = (version) => `
  select 'collation' as kind, format('%I.%I', n.nspname, c.collname) as identity, quote_ident(n.nspname) as parent,
         'pg_collation' as catalog, c.oid, 0 as part,
         jsonb_build_object(
           'owner',         ${roleName('c.collowner')},
           'comment',       ${comment('pg_collation', 'c.oid')},
           'provider',      ${word('c.collprovider', { b: 'builtin', c: 'libc', i: 'icu', d: 'default' })},
           'deterministic', c.collisdeterministic::text,
           'lc_collate',    case when c.collprovider = 'c' then c.collcollate end,
           'lc_ctype',      case when c.collprovider = 'c' then c.collctype end,
           'locale',        ${version < 150000 ? `case when c.collprovider = 'i' then c.collcollate end` : version < 170000 ? 'c.colliculocale' : 'c.colllocale'},
           'rules',         ${version < 160000 ? 'null' : 'c.collicurules'}) as attributes,
         jsonb_build_object('name', quote_ident(c.collname), 'schema', quote_ident(n.nspname)) as definition
    from pg_collation as c
    join pg_namespace as n on n.oid = c.collnamespace
   where ${ownSchema('n.nspname')} and ${noMember('pg_collation', 'c.oid')}`
