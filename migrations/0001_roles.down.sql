-- Takes back what the roles may do here. The roles stay: they belong to the whole cluster, and so do their members, who would
-- be lost with them.

alter default privileges for role viruj_app in schema public revoke select on sequences from viruj_dba;
alter default privileges for role viruj_app in schema public revoke select on tables from viruj_dba;
alter default privileges for role viruj_app grant usage on types to public;
alter default privileges for role viruj_app grant execute on functions to public;

revoke all on schema public from viruj_app, viruj_service, viruj_dba, viruj_reviewer, viruj_operator;

do $$
declare
  name text;
begin
  -- As a new database has it: since 15 PUBLIC may not create.
  execute case when current_setting('server_version_num')::int < 150000
    then 'grant usage, create on schema public to public'
    else 'grant usage on schema public to public' end;
  foreach name in array array['viruj_app', 'viruj_service', 'viruj_dba', 'viruj_reviewer', 'viruj_operator'] loop
    -- The owner's rights are its own.
    continue when name = (select pg_get_userbyid(datdba) from pg_catalog.pg_database where datname = current_database());
    execute format('revoke all on database %I from %I', current_database(), name);
  end loop;
  execute format('grant connect, temporary on database %I to public', current_database());
end
$$;
