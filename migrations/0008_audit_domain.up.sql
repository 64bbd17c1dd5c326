-- The trail of this ERP: its tables are recorded, and reviewers read the trail without what is personal.

create function audit.masked(image jsonb, shown jsonb) returns jsonb
  language sql immutable
  set search_path = pg_catalog, pg_temp
  begin atomic
    select image || coalesce((
      select jsonb_object_agg(p.key,
               case when p.value = 'mask' and jsonb_typeof(image -> p.key) = 'string' and length(image ->> p.key) > 2
                    then left(image ->> p.key, 1) || '…' || right(image ->> p.key, 1)
                    else '…' end)
        from jsonb_each_text(shown) p
       where jsonb_typeof(image -> p.key) <> 'null'), '{}');
  end;
comment on function audit.masked(jsonb, jsonb) is 'A row''s image without what column policies keep from reviewers.';
alter function audit.masked(jsonb, jsonb) owner to audit_owner;
revoke all on function audit.masked(jsonb, jsonb) from public;
-- A view asks for the reader's right to its functions.
grant execute on function audit.masked(jsonb, jsonb) to viruj_reviewer, viruj_dba;

-- No security barrier: it would guard rows, of which the view hides none, and cost the order in which the log is read. What a
-- reader's function gets is the masked value. The policy is looked up for each row that is shown; a join would cost the order, too.
create view public.audit_logs as
  select e.id, e.sysid, e.xid, e.ts, e.tx_ts, e.op, e.schema_name, e.table_name, e.row_pk,
         audit.masked(e.old_row, p.shown) as old_row,
         audit.masked(e.new_row, p.shown) as new_row,
         e.actor, e.acting_role, e.backend_pid, e.client_addr, e.app, e.reason
    from audit.event e
   cross join lateral (select (select jsonb_object_agg(column_name, shown) from audit.column_policy c
                                where c.schema_name = e.schema_name and c.table_name = e.table_name) as shown) p;

comment on view public.audit_logs is 'Who did what, when, to which row, and why. Personal data masked.';

-- It reads the trail with the rights of its owner, who is a member of audit_owner.
alter view public.audit_logs owner to viruj_app;
grant select on public.audit_logs to viruj_reviewer, viruj_dba;

-- begin: this ERP's tables. "viruj-console audit init" leaves them out.
insert into audit.column_policy (schema_name, table_name, column_name, shown)
values ('public', 'users', 'email', 'mask'),
       ('public', 'notifications', 'payload', 'hide'),
       ('public', 'auth_sessions', 'client_addr', 'mask'),
       ('public', 'auth_sessions', 'user_agent', 'mask');

-- Limits of a plant and who sees it are nobody's to change without a word.
select audit.track('public.users', secrets => '{password_hash}'),
       audit.track('public.metadata', reason_required => true),
       audit.track('public.notifications'),
       audit.track('public.documents'),
       audit.track('public.signatures', secrets => '{image}'),
       audit.track('public.auth_sessions', secrets => '{token_hash}'),
       audit.track('public.plant_access', reason_required => true),
       audit.track('ops.backup_run');
-- end: this ERP's tables.

-- Only a superuser makes event triggers. One who migrates as the owner makes them as themselves; where none does, what they record is
-- missing, and "viruj-console audit check" says so.
do $$
declare
  acting text := current_setting('role');
begin
  if (select rolsuper from pg_catalog.pg_roles where rolname = session_user) then
    perform set_config('role', 'none', true);
  end if;
  create event trigger audit_ddl on ddl_command_end execute function audit.record_ddl();
  create event trigger audit_drop on sql_drop execute function audit.record_ddl();
  create event trigger audit_partitions on ddl_command_end when tag in ('CREATE TABLE', 'ALTER TABLE') execute function audit.follow_partitions();
  alter event trigger audit_ddl enable always;
  alter event trigger audit_drop enable always;
  alter event trigger audit_partitions enable always;
  comment on event trigger audit_ddl is 'Records DDL, and lets capture functions follow.';
  comment on event trigger audit_drop is 'Records what was dropped.';
  comment on event trigger audit_partitions is 'Partitions of tracked tables are recorded from their first row on.';
  perform set_config('role', acting, true);
exception
  when insufficient_privilege then
    raise notice using
      errcode = 'insufficient_privilege',
      message = 'DDL is not recorded: a superuser has to create the event triggers audit_ddl, audit_drop and audit_partitions.';
end
$$;
