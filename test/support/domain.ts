import type pg from 'pg'
import {
  createDatabase,
  createRole,
  type ServerAddress,
  type TestDatabase,
  type TestRole,
} from './postgres.ts'

/** What provisioning leaves behind: the group roles, and how a DBA becomes the owner. For a superuser; may be run again. */
export const createGroupRoles = async (client: pg.ClientBase): Promise<void> => {
  for (const [name, options] of [
    ['viruj_app', ''],
    ['viruj_service', ''],
    ['viruj_dba', 'noinherit'],
    ['viruj_reviewer', ''],
    ['viruj_operator', ''],
    ['audit_owner', ''],
    ['viruj_sealer', ''],
    ['viruj_verifier', ''],
  ]) {
    await client.query(`do $$ begin
      create role ${name} nologin ${options};
    exception when duplicate_object or unique_violation then null;
    end $$`)
  }
  await client.query(`do $$ begin
    grant viruj_app to viruj_dba;
  exception when unique_violation then null;
  end $$`)
  await client.query(`do $$ begin
    grant audit_owner to viruj_app;
  exception when unique_violation then null;
  end $$`)
}

/** An empty database that belongs to `viruj_app`, and a log-in role that is a member of it: no superuser, no CREATEROLE. */
export const createOwnedDatabase = async (
  on?: ServerAddress,
): Promise<{ database: TestDatabase; owner: TestRole; [Symbol.asyncDispose](): Promise<void> }> => {
  const database = await createDatabase(on === undefined ? {} : { on })
  const client = await database.client()
  await createGroupRoles(client)
  // The schema is the owner's by itself since 15.
  await client.query(
    `alter database "${database.database}" owner to viruj_app; alter schema public owner to pg_database_owner`,
  )
  const owner = await createRole({ ...(on === undefined ? {} : { on }), as: 'in role viruj_app' })
  return {
    database,
    owner,
    async [Symbol.asyncDispose]() {
      await database.drop()
      await owner.drop()
    },
  }
}

/** Everything of this database that a migration can make, one line each, as the catalogs have it. Oids and order aside. */
export const describeObjects = async (client: pg.ClientBase): Promise<string[]> => {
  const { rows } = await client.query<{ line: string }>(`
    with spaces as (
      select oid, nspname, nspowner, nspacl from pg_namespace where nspname in ('public', 'ops')
    ), granted (what, owner, acl) as (
      select 'schema ' || nspname, nspowner, coalesce(nspacl, acldefault('n', nspowner)) from spaces
      union all
      select 'database', datdba, coalesce(datacl, acldefault('d', datdba)) from pg_database where datname = current_database()
      union all
      select c.oid::regclass::text, relowner,
             coalesce(relacl, acldefault(case relkind when 'S' then 's'::"char" else 'r' end, relowner))
        from pg_class c where relnamespace in (select oid from spaces) and relkind in ('r', 'v', 'S')
      union all
      select attrelid::regclass || '.' || attname, null, attacl
        from pg_attribute where attacl is not null and attrelid in (select oid from pg_class where relnamespace in (select oid from spaces))
      union all
      select p.oid::regprocedure::text, proowner, coalesce(proacl, acldefault('f', proowner))
        from pg_proc p where pronamespace in (select oid from spaces)
      union all
      select concat_ws(' ', 'default', defaclrole::regrole, nullif(defaclnamespace, 0)::regnamespace, defaclobjtype), null, defaclacl
        from pg_default_acl
    )
    select 'owner of ' || what || ' is ' || owner::regrole as line from granted where owner is not null
    union all
    select format('%s on %s to %s', privilege_type, what, case grantee when 0 then 'PUBLIC' else grantee::regrole::text end)
      from granted, aclexplode(acl)
    union all
    select format('column %s.%s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull,
                  pg_get_expr(adbin, adrelid))
      from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
     where attnum > 0 and attrelid in (select oid from pg_class where relnamespace in (select oid from spaces) and relkind = 'r')
    union all
    select format('row security of %s: %s %s', oid::regclass, relrowsecurity, relforcerowsecurity)
      from pg_class where relnamespace in (select oid from spaces) and relkind = 'r'
    union all
    select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
      from pg_constraint where connamespace in (select oid from spaces)
    union all
    select pg_get_indexdef(indexrelid) from pg_index
     where indrelid in (select oid from pg_class where relnamespace in (select oid from spaces) and relkind = 'r')
    union all
    select pg_get_triggerdef(oid) || ' ' || tgenabled::text from pg_trigger where not tgisinternal
    union all
    select format('policy %s %s %s %s %s', polname, polrelid::regclass, polcmd, polroles::regrole[], pg_get_expr(polqual, polrelid))
      from pg_policy
    union all
    select pg_get_functiondef(oid) from pg_proc where pronamespace in (select oid from spaces) and prolang <> 13
    union all
    select 'extension ' || extname from pg_extension
    union all
    select format('comment %s: %s', pg_describe_object(classoid, objoid, objsubid), description)
      from pg_description
     where classoid <> 'pg_extension'::regclass and (classoid, objoid) in (
       select 'pg_class'::regclass, oid from pg_class where relnamespace in (select oid from spaces)
       union all select 'pg_namespace'::regclass, oid from spaces
       union all select 'pg_proc'::regclass, oid from pg_proc where pronamespace in (select oid from spaces))
    order by 1`)
  return rows.map(({ line }) => line)
}

/** Sessions that begin from now on give this reason for their changes: the audit trail demands one for some tables. */
export const giveReason = async (database: TestDatabase): Promise<void> => {
  await (await database.client()).query(`alter database "${database.database}" set audit.reason = 'A test'`)
}
