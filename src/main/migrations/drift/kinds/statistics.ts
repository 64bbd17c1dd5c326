import { columnNames, comment, noMember, ownSchema, relationName, roleName } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'

/** Extended statistics objects. */
export const statistics: KindReader = () => `
  select 'statistics' as kind, format('%I.%I', n.nspname, s.stxname) as identity, ${relationName('s.stxrelid')} as parent,
         'pg_statistic_ext' as catalog, s.oid, 0 as part,
         jsonb_build_object(
           'owner',       ${roleName('s.stxowner')},
           'comment',     ${comment('pg_statistic_ext', 's.oid')},
           'kinds',       (select string_agg(case k when 'd' then 'ndistinct' when 'f' then 'dependencies'
                                                    when 'm' then 'mcv' else k::text end, ', ' order by k)
                             from unnest(s.stxkind) as k where k <> 'e'),
           'columns',     ${columnNames('s.stxrelid', 's.stxkeys::int2[]', 'any')},
           'expressions', array_to_string(pg_get_statisticsobjdef_expressions(s.oid), ', '),
           'target',      nullif(s.stxstattarget, -1)::text) as attributes,
         jsonb_build_object('name', quote_ident(s.stxname), 'schema', quote_ident(n.nspname),
                            'definition', pg_get_statisticsobjdef(s.oid)) as definition
    from pg_statistic_ext as s
    join pg_namespace as n on n.oid = s.stxnamespace
   where ${ownSchema('n.nspname')} and ${noMember('pg_statistic_ext', 's.oid')}`
