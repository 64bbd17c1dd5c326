-- Ends the recording of this ERP's tables, as long as no change was recorded. What the recording itself noted goes with it.

do $$
declare
  acting text := current_setting('role');
begin
  if (select rolsuper from pg_catalog.pg_roles where rolname = session_user) then
    perform set_config('role', 'none', true);
  end if;
  drop event trigger if exists audit_partitions;
  drop event trigger if exists audit_drop;
  drop event trigger if exists audit_ddl;
  perform set_config('role', acting, true);
end
$$;

do $$
declare
  tracked record;
begin
  if exists (select from audit.event where op not in ('NOTE', 'DDL')) then
    raise exception using
      errcode = 'AU003',
      message = 'The audit trail holds events: recording does not end this way.',
      hint    = 'audit.untrack ends the recording of one table, and says so in the trail.';
  end if;
  for tracked in select format('%I.%I', schema_name, table_name)::regclass as relation from audit.policy loop
    perform audit.untrack(tracked.relation);
  end loop;
end
$$;

drop view public.audit_logs;
drop function audit.masked(jsonb, jsonb);
delete from audit.column_policy;
revoke usage on schema public, ops from audit_owner;

alter table audit.event disable trigger event_append_only;
delete from audit.event;
alter table audit.event enable always trigger event_append_only;
