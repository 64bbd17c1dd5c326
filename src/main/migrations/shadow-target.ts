import type pg from 'pg'
import { newTag } from '../session/tag.ts'

/** What a shadow has to be like. */
export type ShadowTarget = {
  database: string
  versionNumber: number
  /** Role that migrations run as. */
  role: string
  isSuperuser: boolean
  /** Role that may create databases here: the one that logged in, or `role`. Null: neither. */
  creator: string | null
  encoding: string
  /** Columns of pg_database, whose names changed in 15 and 17. */
  locale: {
    /** `c`: libc, `i`: ICU, `b`: PostgreSQL's own. */
    provider: string
    collate: string
    ctype: string
    name: string | null
    rules: string | null
  }
}

/** Reads it as `role`. */
export const describeTarget = async (client: pg.ClientBase, role: string): Promise<ShadowTarget> => {
  const { rows } = await client.query<ShadowTarget>(
    `${newTag()} select d.datname::text as "database",
            pg_catalog.current_setting('server_version_num')::int as "versionNumber",
            r.rolname::text as "role",
            r.rolsuper as "isSuperuser",
            case when l.rolsuper or l.rolcreatedb then l.rolname
                 when r.rolsuper or r.rolcreatedb then r.rolname end::text as "creator",
            pg_catalog.pg_encoding_to_char(d.encoding)::text as "encoding",
            pg_catalog.jsonb_build_object(
              'provider', coalesce(j.facts->>'datlocprovider', 'c'),
              'collate',  d.datcollate,
              'ctype',    d.datctype,
              'name',     coalesce(j.facts->>'datlocale', j.facts->>'daticulocale'),
              'rules',    j.facts->>'daticurules') as "locale"
       from pg_catalog.pg_database as d
      cross join lateral (select pg_catalog.to_jsonb(d) as facts) as j
       join pg_catalog.pg_roles as r on r.rolname = $1
       join pg_catalog.pg_roles as l on l.rolname = session_user
      where d.datname = pg_catalog.current_database()`,
    [role],
  )
  const [target] = rows
  if (target === undefined) throw new Error(`Role "${role}" was dropped meanwhile.`)
  return target
}

/** What migrations find in the cluster, as statements for a superuser of an empty one of version 16. */
export const readClusterScript = async (client: pg.ClientBase): Promise<string[]> => {
  const { rows } = await client.query<{ sql: string }>(
    `${newTag()} with known as (
       select * from pg_catalog.pg_roles where rolname !~ '^pg_')
     select pg_catalog.format('create role %I nologin %s %s %s %s %s', rolname,
              case when rolsuper       then 'superuser'  else 'nosuperuser'  end,
              case when rolinherit     then 'inherit'    else 'noinherit'    end,
              case when rolcreaterole  then 'createrole' else 'nocreaterole' end,
              case when rolcreatedb    then 'createdb'   else 'nocreatedb'   end,
              case when rolbypassrls   then 'bypassrls'  else 'nobypassrls'  end) as sql
       from known
     union all
     -- As JSON: the options of a membership came with 16.
     select pg_catalog.format('grant %I to %I with admin %s, inherit %s, set %s', g.rolname, m.rolname, a.admin_option::text,
              coalesce(j.facts->>'inherit_option', m.rolinherit::text), coalesce(j.facts->>'set_option', 'true'))
       from pg_catalog.pg_auth_members as a
      cross join lateral (select pg_catalog.to_jsonb(a) as facts) as j
       join known as g on g.oid = a.roleid
       join known as m on m.oid = a.member
     union all
     -- An empty location: inside the data directory.
     select pg_catalog.format($$create tablespace %I location ''$$, spcname)
       from pg_catalog.pg_tablespace where spcname !~ '^pg_'`,
  )
  return rows.map(({ sql }) => sql)
}
