import { type RawBuilder, sql } from 'kysely'
import type { CatalogDetail, ObjectKind } from '../../../shared/catalog.ts'
import { relationFacts, sequenceFacts } from './relation-facts.ts'

export type Fact = CatalogDetail['facts'][number]

const routineFacts = (oid: string): RawBuilder<Fact> => sql`
  select label, text, null::float8 as bytes
    from pg_catalog.pg_proc p
    join pg_catalog.pg_language l on l.oid = p.prolang,
 lateral (values
    (1, 'Language', l.lanname::text),
    (2, 'Returns', case when p.prokind <> 'p' then pg_get_function_result(p.oid) end),
    (3, 'Volatility', case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end),
    (4, 'Parallel', case p.proparallel when 's' then 'safe' when 'r' then 'restricted' else 'unsafe' end),
    (5, 'Strict', case when p.proisstrict then 'yes: returns null on null input' else 'no' end),
    (6, 'Security', case when p.prosecdef then 'definer' else 'invoker' end),
    (7, 'Leakproof', case when p.proleakproof then 'yes' else 'no' end),
    (8, 'Estimated cost', p.procost::text),
    (9, 'Estimated rows', case when p.proretset then p.prorows::text end),
    (10, 'Settings', array_to_string(p.proconfig, ', '))) f (place, label, text)
   where p.oid = ${oid}::oid and text is not null
   order by place`

const typeFacts = (oid: string): RawBuilder<Fact> => sql`
  select label, text, null::float8 as bytes
    from pg_catalog.pg_type t,
 lateral (values
    (1, 'Labels', (select string_agg(e.enumlabel, ', ' order by e.enumsortorder)
                     from pg_catalog.pg_enum e where e.enumtypid = t.oid)),
    (2, 'Stored as', case when t.typlen > 0 then t.typlen || ' bytes' when t.typlen = -1 then 'variable length'
                          else 'null-terminated' end),
    (3, 'Not null', case when t.typtype = 'd' then case when t.typnotnull then 'yes' else 'no' end end),
    (4, 'Default', t.typdefault)) f (place, label, text)
   where t.oid = ${oid}::oid and text is not null
   order by place`

const extensionFacts = (oid: string): RawBuilder<Fact> => sql`
  select label, text, null::float8 as bytes
    from pg_catalog.pg_extension e
    left join pg_catalog.pg_available_extensions a on a.name = e.extname,
 lateral (values
    (1, 'Version', e.extversion),
    (2, 'Version on the server', a.default_version),
    (3, 'Schema', e.extnamespace::regnamespace::text),
    (4, 'Relocatable', case when e.extrelocatable then 'yes' else 'no' end)) f (place, label, text)
   where e.oid = ${oid}::oid and text is not null
   order by place`

const roleFacts = (oid: string): RawBuilder<Fact> => sql`
  select label, text, null::float8 as bytes
    from pg_catalog.pg_roles r,
 lateral (values
    (1, 'Can log in', r.rolcanlogin::text),
    (2, 'Superuser', r.rolsuper::text),
    (3, 'Creates databases', r.rolcreatedb::text),
    (4, 'Creates roles', r.rolcreaterole::text),
    (5, 'Inherits', r.rolinherit::text),
    (6, 'Replication', r.rolreplication::text),
    (7, 'Bypasses row-level security', r.rolbypassrls::text),
    (8, 'Connection limit', case when r.rolconnlimit < 0 then 'none' else r.rolconnlimit::text end),
    (9, 'Password valid until', r.rolvaliduntil::text),
    (10, 'Member of', (select string_agg(pg_get_userbyid(m.roleid)::text, ', ' order by m.roleid)
                         from (select distinct roleid, member from pg_catalog.pg_auth_members) m
                        where m.member = r.oid))) f (place, label, text)
   where r.oid = ${oid}::oid and text is not null
   order by place`

const databaseFacts = (oid: string): RawBuilder<Fact> => sql`
  select label, text, bytes
    from pg_catalog.pg_database b
   cross join lateral (
           select case when has_database_privilege(b.oid, 'connect') or pg_has_role('pg_read_all_stats', 'usage')
                       then pg_database_size(b.oid) end as size) s,
 lateral (values
    (1, 'Size', pg_size_pretty(s.size), s.size::float8),
    (2, 'Encoding', pg_encoding_to_char(b.encoding)::text, null),
    (3, 'Collation', b.datcollate::text, null),
    (4, 'Character type', b.datctype::text, null),
    (5, 'Tablespace', (select spcname::text from pg_catalog.pg_tablespace ts where ts.oid = b.dattablespace), null),
    (6, 'Connection limit', case when b.datconnlimit < 0 then 'none' else b.datconnlimit::text end, null),
    (7, 'Age of the oldest transaction id', age(b.datfrozenxid)::text, null)) f (place, label, text, bytes)
   where b.oid = ${oid}::oid and text is not null
   order by place`

const schemaFacts = (oid: string): RawBuilder<Fact> => sql`
  select 'Relations' as label, count(*)::text as text, null::float8 as bytes
    from pg_catalog.pg_class
   where relnamespace = ${oid}::oid and relkind in ('r', 'p', 'v', 'm', 'f', 'S')`

/** Label and text of what there is to say about an object, the more telling first. */
export const factsOf = (kind: ObjectKind, oid: string): RawBuilder<Fact> => {
  switch (kind) {
    case 'function':
    case 'procedure':
    case 'aggregate':
      return routineFacts(oid)
    case 'type':
    case 'domain':
      return typeFacts(oid)
    case 'extension':
      return extensionFacts(oid)
    case 'role':
      return roleFacts(oid)
    case 'database':
      return databaseFacts(oid)
    case 'schema':
      return schemaFacts(oid)
    case 'sequence':
      return sequenceFacts(oid)
    default:
      return relationFacts(oid)
  }
}
