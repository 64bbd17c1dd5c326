-- Takes the record of backups away, and what the schema holds of this console's.

drop table ops.backup_run;

do $$
begin
  -- Only by whom it was created: what provisioning or a managed service put here stays.
  if exists (select from pg_catalog.pg_extension where extname = 'pg_stat_statements' and extowner = current_user::regrole) then
    drop extension pg_stat_statements;
  end if;
end
$$;

revoke usage on schema ops from viruj_dba;
comment on schema ops is null;

do $$
begin
  drop schema ops;
exception
  -- It was there before, with something in it.
  when dependent_objects_still_exist then null;
end
$$;
