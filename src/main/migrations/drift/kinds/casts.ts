import { grants } from '../acl.ts'
import { comment, noMember, ownSchema, procedureName, roleName, word } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'

/** Casts, conversions, transforms and languages: few databases have any of their own. Oids below 16384 are the server's. */
export const casts: KindReader = () => `
  select 'cast' as kind, format('(%s AS %s)', format_type(k.castsource, null), format_type(k.casttarget, null)) as identity,
         null as parent, 'pg_cast' as catalog, k.oid, 0 as part,
         jsonb_build_object('comment', ${comment('pg_cast', 'k.oid')}, 'function', ${procedureName('k.castfunc')},
                            'context', ${word('k.castcontext', { e: 'explicit', a: 'assignment', i: 'implicit' })},
                            'method',  ${word('k.castmethod', { f: 'function', i: 'inout', b: 'binary' })}) as attributes,
         '{}'::jsonb as definition
    from pg_cast as k
   where k.oid >= 16384 and ${noMember('pg_cast', 'k.oid')}
     -- From a range to its multirange: it comes with the type.
     and not exists (select from pg_depend as d where d.classid = 'pg_cast'::regclass and d.objid = k.oid and d.deptype = 'i')
  union all
  select 'conversion', format('%I.%I', n.nspname, v.conname), quote_ident(n.nspname), 'pg_conversion', v.oid, 0,
         jsonb_build_object('owner', ${roleName('v.conowner')}, 'comment', ${comment('pg_conversion', 'v.oid')},
                            'from', pg_encoding_to_char(v.conforencoding), 'to', pg_encoding_to_char(v.contoencoding),
                            'function', ${procedureName('v.conproc')}, 'default', v.condefault::text),
         jsonb_build_object('name', quote_ident(v.conname), 'schema', quote_ident(n.nspname))
    from pg_conversion as v join pg_namespace as n on n.oid = v.connamespace
   where ${ownSchema('n.nspname')} and ${noMember('pg_conversion', 'v.oid')}
  union all
  select 'transform', format('for %s language %I', format_type(f.trftype, null), l.lanname), null, 'pg_transform', f.oid, 0,
         jsonb_build_object('comment', ${comment('pg_transform', 'f.oid')}, 'from sql', ${procedureName('f.trffromsql')},
                            'to sql', ${procedureName('f.trftosql')}),
         '{}'
    from pg_transform as f join pg_language as l on l.oid = f.trflang where ${noMember('pg_transform', 'f.oid')}
  union all
  select 'language', quote_ident(l.lanname), null, 'pg_language', l.oid, 0,
         jsonb_build_object('owner', ${roleName('l.lanowner')}, 'comment', ${comment('pg_language', 'l.oid')},
                            'trusted', l.lanpltrusted::text, 'handler', ${procedureName('l.lanplcallfoid')},
                            'inline', ${procedureName('l.laninline')}, 'validator', ${procedureName('l.lanvalidator')})
           || ${grants('l', 'l.lanacl', 'l.lanowner')},
         jsonb_build_object('name', quote_ident(l.lanname))
    from pg_language as l where l.oid >= 16384 and l.lanispl and ${noMember('pg_language', 'l.oid')}`
