-- Takes the domain away, with everything in it.

drop table public.audit_logs;
drop table public.auth_sessions;
drop table public.signatures;
drop table public.documents;
drop table public.notifications;
drop table public.metadata;
drop table public.users;

revoke all on schema public from viruj_app, viruj_dba, viruj_reviewer, viruj_operator;
grant usage on schema public to public;

do $$
declare
  name text;
begin
  execute format('revoke all on database %I from viruj_app, viruj_dba, viruj_reviewer, viruj_operator', current_database());
  execute format('grant connect, temporary on database %I to public', current_database());
  -- Roles belong to the whole cluster: one that another database still uses stays.
  foreach name in array array['viruj_operator', 'viruj_reviewer', 'viruj_dba', 'viruj_app'] loop
    begin
      execute format('drop role if exists %I', name);
    exception
      when dependent_objects_still_exist then null;
    end;
  end loop;
end
$$;
