import { type RawBuilder, sql } from 'kysely'
import type { Subject } from '../detail/subject.ts'

/** A setting as ALTER … SET takes it: lists are parted by commas and are not quoted as one. */
const setting = sql`
  format('%s TO %s', quote_ident(split_part(entry, '=', 1)),
    case
      when split_part(entry, '=', 1) in ('search_path', 'session_preload_libraries', 'local_preload_libraries',
                                         'temp_tablespaces', 'unix_socket_directories', 'DateStyle')
        then substr(entry, strpos(entry, '=') + 1)
      else quote_literal(substr(entry, strpos(entry, '=') + 1))
    end)`

/** A role with what it is a member of, who is a member of it and its settings. Its password is known to nobody here. */
export const roleStatements = ({ oid, identity }: Subject): RawBuilder<{ statement: string }> => sql`
  select s.statement
    from pg_catalog.pg_roles r,
 lateral (
    select 1 as step, '' as name,
           concat_ws(' ', 'CREATE ROLE', ${identity}::text, 'WITH',
             case when r.rolcanlogin then 'LOGIN' else 'NOLOGIN' end,
             case when r.rolsuper then 'SUPERUSER' end,
             case when r.rolcreatedb then 'CREATEDB' end,
             case when r.rolcreaterole then 'CREATEROLE' end,
             case when not r.rolinherit then 'NOINHERIT' end,
             case when r.rolreplication then 'REPLICATION' end,
             case when r.rolbypassrls then 'BYPASSRLS' end,
             case when r.rolconnlimit >= 0 then 'CONNECTION LIMIT ' || r.rolconnlimit end,
             'VALID UNTIL ' || quote_literal(r.rolvaliduntil)) as statement
     union all
    select 2, m.roleid::text || '-' || m.member::text,
           format('GRANT %I TO %I', pg_get_userbyid(m.roleid), pg_get_userbyid(m.member))
           || case when m.options is null then '' else ' WITH ' || m.options end
      from (select roleid, member,
                   -- Up to PostgreSQL 15 a membership has one option only, and not in this notation.
                   case
                     when to_jsonb(am) ? 'set_option' then
                       concat_ws(', ', case when admin_option then 'ADMIN TRUE' end,
                         'INHERIT ' || upper(to_jsonb(am) ->> 'inherit_option'), 'SET ' || upper(to_jsonb(am) ->> 'set_option'))
                     when admin_option then 'ADMIN OPTION'
                   end as options
              from pg_catalog.pg_auth_members am) m
     where r.oid in (m.roleid, m.member)
     union all
    select 3, entry,
           concat('ALTER ROLE ', ${identity}::text,
                  ' IN DATABASE ' || (select quote_ident(datname) from pg_catalog.pg_database b where b.oid = rs.setdatabase),
                  ' SET ', ${setting})
      from pg_catalog.pg_db_role_setting rs, unnest(rs.setconfig) entry
     where rs.setrole = r.oid) s
   where r.oid = ${oid}::oid
   order by s.step, s.name, s.statement`

/** A database with its locale and settings. PostgreSQL 15 brought the locale provider, 17 renamed its locale. */
export const databaseStatements = ({ oid, identity }: Subject): RawBuilder<{ statement: string }> => sql`
  select s.statement
    from pg_catalog.pg_database b
   cross join lateral (select to_jsonb(b) as facts) j,
 lateral (
    select 1 as step, '' as name,
           concat_ws(E'\n  ', 'CREATE DATABASE ' || ${identity}::text || ' WITH',
             'TEMPLATE = template0',
             'ENCODING = ' || quote_literal(pg_encoding_to_char(b.encoding)),
             'LOCALE_PROVIDER = ' || case facts ->> 'datlocprovider' when 'i' then 'icu' when 'b' then 'builtin' when 'c' then 'libc' end,
             'LC_COLLATE = ' || quote_literal(b.datcollate),
             'LC_CTYPE = ' || quote_literal(b.datctype),
             case facts ->> 'datlocprovider' when 'i' then 'ICU_LOCALE = ' when 'b' then 'BUILTIN_LOCALE = ' end
               || quote_literal(coalesce(facts ->> 'datlocale', facts ->> 'daticulocale')),
             'TABLESPACE = ' || (select quote_ident(ts.spcname) from pg_catalog.pg_tablespace ts
                                  where ts.oid = b.dattablespace and ts.spcname <> 'pg_default'),
             case when b.datconnlimit >= 0 then 'CONNECTION LIMIT = ' || b.datconnlimit end,
             case when b.datistemplate then 'IS_TEMPLATE = true' end,
             case when not b.datallowconn then 'ALLOW_CONNECTIONS = false' end) as statement
     union all
    select 2, entry, format('ALTER DATABASE %s SET %s', ${identity}::text, ${setting})
      from pg_catalog.pg_db_role_setting rs, unnest(rs.setconfig) entry
     where rs.setdatabase = b.oid and rs.setrole = 0) s
   where b.oid = ${oid}::oid
   order by s.step, s.name`

export const extensionStatements = ({ oid, identity }: Subject): RawBuilder<{ statement: string }> => sql`
  select format('CREATE EXTENSION %s WITH SCHEMA %I VERSION %L', ${identity}::text, n.nspname, e.extversion) as statement
    from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
   where e.oid = ${oid}::oid`
