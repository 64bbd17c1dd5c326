import { columnNames, comment, relationName, roleName } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'

const tables = (version: number): string => `
  (select string_agg(${relationName('r.prrelid')}
            ${version < 150000 ? '' : `|| coalesce(' (' || ${columnNames('r.prrelid', 'r.prattrs::int2[]', 'any')} || ')', '') || coalesce(' WHERE ' || pg_get_expr(r.prqual, r.prrelid), '')`},
            ', ' order by ${relationName('r.prrelid')} collate "C")
     from pg_publication_rel as r where r.prpubid = p.oid)`

const schemas = (version: number): string =>
  version < 150000
    ? 'null'
    : `(select string_agg(quote_ident(n.nspname), ', ' order by n.nspname::text collate "C")
          from pg_publication_namespace as r join pg_namespace as n on n.oid = r.pnnspid where r.pnpubid = p.oid)`

/** What is published to subscribers. Subscriptions are left out: their connection strings hold passwords. */
export const publications: KindReader = (version) => `
  select 'publication' as kind, quote_ident(p.pubname) as identity, null as parent, 'pg_publication' as catalog, p.oid, 0 as part,
         jsonb_build_object(
           'owner',      ${roleName('p.pubowner')},
           'comment',    ${comment('pg_publication', 'p.oid')},
           'all tables', p.puballtables::text,
           'tables',     ${tables(version)},
           'schemas',    ${schemas(version)},
           'publish',    concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
                                         case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end),
           'via root',   p.pubviaroot::text,
           'generated columns', ${version < 180000 ? `'none'` : `case p.pubgencols when 's' then 'stored' else 'none' end`}) as attributes,
         jsonb_build_object('name', quote_ident(p.pubname)) as definition
    from pg_publication as p`
