-- Who may come in: the group roles, what they may do in this database as a whole, and what nobody may by default.
-- Runs as a superuser, or as the owner viruj_app without any other privilege where the five roles are there already
-- (viruj-console provision makes them). PostgreSQL 14 to 18.

-- Roles belong to the whole cluster: another database may have made them, even at this very moment.
do $$
declare
  wanted record;
begin
  for wanted in
    select *
      from (values ('viruj_app',      'create role viruj_app nologin'),
                   -- The ERP's programs at run time. Not the owner: who owns a table can drop it, and is bound by no policy.
                   ('viruj_service',  'create role viruj_service nologin'),
                   -- May become the owner (below), but does not act with its rights unless it did: NOINHERIT is how 14 and
                   -- 15 say that. What is granted to viruj_dba itself reaches its members all the same.
                   ('viruj_dba',      'create role viruj_dba nologin noinherit'),
                   ('viruj_reviewer', 'create role viruj_reviewer nologin'),
                   ('viruj_operator', 'create role viruj_operator nologin')) as roles (name, command)
     where not exists (select from pg_catalog.pg_roles where rolname = roles.name)
  loop
    begin
      execute wanted.command;
    exception
      when duplicate_object or unique_violation then null;
      when insufficient_privilege then
        raise exception using
          errcode = 'insufficient_privilege',
          message = format('The role %s does not exist, and %s may not create it.', wanted.name, current_user),
          hint    = format('Let a superuser run "%s" first, or "viruj-console provision".', wanted.command);
    end;
  end loop;
end
$$;

-- A DBA migrates as the owner: SET ROLE viruj_app, for as long as that takes.
do $$
begin
  if pg_has_role('viruj_dba', 'viruj_app', 'member') then
    return;
  end if;
  if current_setting('server_version_num')::int >= 160000 then
    execute 'grant viruj_app to viruj_dba with inherit false, set true';
  elsif (select not rolinherit from pg_catalog.pg_roles where rolname = 'viruj_dba') then
    execute 'grant viruj_app to viruj_dba';
  end if;
exception
  when unique_violation then null;
  -- An owner may not give itself away. Nothing here depends on it.
  when insufficient_privilege then
    raise notice 'Members of viruj_dba cannot become viruj_app: a superuser has to grant that.';
end
$$;

do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect, create, temporary on database %I to viruj_app', current_database());
  execute format('grant connect, temporary on database %I to viruj_dba', current_database());
  execute format('grant connect on database %I to viruj_service, viruj_reviewer, viruj_operator', current_database());
end
$$;

revoke all on schema public from public;
grant usage, create on schema public to viruj_app;
grant usage on schema public to viruj_service, viruj_dba, viruj_reviewer, viruj_operator;

-- What later migrations make is closed until they open it, but for DBAs, who may look at everything.
alter default privileges for role viruj_app revoke execute on functions from public;
alter default privileges for role viruj_app revoke usage on types from public;
alter default privileges for role viruj_app in schema public grant select on tables to viruj_dba;
alter default privileges for role viruj_app in schema public grant select on sequences to viruj_dba;
