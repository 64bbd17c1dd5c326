import type { KindReader } from '../kind-reader.ts'

/** Extensions; what they brought is left out everywhere else. Their owners and comments are the server's doing. */
export const extensions: KindReader = () => `
  select 'extension' as kind, quote_ident(e.extname) as identity, null as parent, 'pg_extension' as catalog, e.oid, 0 as part,
         jsonb_build_object('schema', quote_ident(n.nspname), 'version', e.extversion) as attributes,
         jsonb_build_object('name', quote_ident(e.extname), 'relocatable', e.extrelocatable::text,
           -- Whether only a superuser may create it.
           'superuser', (select (v.superuser and not v.trusted)::text
                           from pg_available_extension_versions as v
                          where v.name = e.extname and v.version = e.extversion)) as definition
    from pg_extension as e join pg_namespace as n on n.oid = e.extnamespace`
