import { comment, noMember, ownSchema, roleName } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'

const qualified = (catalog: string, prefix: string, oid: string): string => `
  (select format('%I.%I', sn.nspname, s.${prefix}name)
     from ${catalog} as s join pg_namespace as sn on sn.oid = s.${prefix}namespace where s.oid = ${oid})`

const functions = (columns: Readonly<Record<string, string>>): string =>
  Object.entries(columns)
    .map(
      ([name, column]) =>
        `'${name}', case when ${column}::oid <> 0 then ${column}::oid::regprocedure::text end`,
    )
    .join(', ')

/** Which dictionaries a configuration asks, by kind of token. */
const mappings = `
  (select string_agg(format('%s: %s', token, dictionaries), '; ' order by token)
     from (select t.alias as token, string_agg(${qualified('pg_ts_dict', 'dict', 'm.mapdict')}, ', ' order by m.mapseqno) as dictionaries
             from pg_ts_config_map as m, ts_token_type(c.cfgparser) as t
            where m.mapcfg = c.oid and t.tokid = m.maptokentype group by 1) as mapped)`

/** Configurations, dictionaries, parsers and templates of full text search. */
export const textSearch: KindReader = () => `
  select 'text search configuration' as kind, format('%I.%I', n.nspname, c.cfgname) as identity, quote_ident(n.nspname) as parent,
         'pg_ts_config' as catalog, c.oid, 0 as part,
         jsonb_build_object('owner', ${roleName('c.cfgowner')}, 'comment', ${comment('pg_ts_config', 'c.oid')},
                            'parser', ${qualified('pg_ts_parser', 'prs', 'c.cfgparser')}, 'mappings', ${mappings}) as attributes,
         jsonb_build_object('name', quote_ident(c.cfgname), 'schema', quote_ident(n.nspname)) as definition
    from pg_ts_config as c join pg_namespace as n on n.oid = c.cfgnamespace
   where ${ownSchema('n.nspname')} and ${noMember('pg_ts_config', 'c.oid')}
  union all
  select 'text search dictionary', format('%I.%I', n.nspname, d.dictname), quote_ident(n.nspname), 'pg_ts_dict', d.oid, 0,
         jsonb_build_object('owner', ${roleName('d.dictowner')}, 'comment', ${comment('pg_ts_dict', 'd.oid')},
                            'template', ${qualified('pg_ts_template', 'tmpl', 'd.dicttemplate')}, 'options', d.dictinitoption),
         jsonb_build_object('name', quote_ident(d.dictname), 'schema', quote_ident(n.nspname))
    from pg_ts_dict as d join pg_namespace as n on n.oid = d.dictnamespace
   where ${ownSchema('n.nspname')} and ${noMember('pg_ts_dict', 'd.oid')}
  union all
  select 'text search parser', format('%I.%I', n.nspname, p.prsname), quote_ident(n.nspname), 'pg_ts_parser', p.oid, 0,
         jsonb_build_object('comment', ${comment('pg_ts_parser', 'p.oid')},
           ${functions({ start: 'p.prsstart', token: 'p.prstoken', end: 'p.prsend', headline: 'p.prsheadline', lextypes: 'p.prslextype' })}),
         jsonb_build_object('name', quote_ident(p.prsname), 'schema', quote_ident(n.nspname))
    from pg_ts_parser as p join pg_namespace as n on n.oid = p.prsnamespace
   where ${ownSchema('n.nspname')} and ${noMember('pg_ts_parser', 'p.oid')}
  union all
  select 'text search template', format('%I.%I', n.nspname, t.tmplname), quote_ident(n.nspname), 'pg_ts_template', t.oid, 0,
         jsonb_build_object('comment', ${comment('pg_ts_template', 't.oid')}, ${functions({ init: 't.tmplinit', lexize: 't.tmpllexize' })}),
         jsonb_build_object('name', quote_ident(t.tmplname), 'schema', quote_ident(n.nspname))
    from pg_ts_template as t join pg_namespace as n on n.oid = t.tmplnamespace
   where ${ownSchema('n.nspname')} and ${noMember('pg_ts_template', 't.oid')}`
