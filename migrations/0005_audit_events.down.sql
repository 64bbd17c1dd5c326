-- Takes the audit trail away, as long as nothing was recorded, and brings the table back that was there before.

do $$
begin
  if exists (select from audit.event) then
    raise exception using
      errcode = 'AU003',
      message = 'The audit trail holds events: it is not taken away.',
      hint    = 'Events are kept as long as the records that they tell of.';
  end if;
end
$$;

drop table audit.event;
drop function audit.make_months(integer, timestamptz);
drop function audit.refuse_change();
drop function audit.system_identifier();
drop schema audit;

create table public.audit_logs (
  id          bigint      generated always as identity primary key,
  sysid       bigint      not null,
  xid         xid8        not null default pg_current_xact_id(),
  ts          timestamptz not null default clock_timestamp(),
  tx_ts       timestamptz not null default transaction_timestamp(),
  op          text        not null,
  schema_name text,
  table_name  text,
  row_pk      text,
  old_row     jsonb,
  new_row     jsonb,
  actor       text        not null default session_user,
  acting_role text        not null default current_user,
  backend_pid integer     not null default pg_backend_pid(),
  client_addr inet                 default inet_client_addr(),
  app         text                 default current_setting('application_name'),
  reason      text,
  constraint audit_logs_op_check check (op in ('INSERT', 'UPDATE', 'DELETE', 'SNAPSHOT', 'DDL', 'ACCESS', 'NOTE'))
);

-- The time line and the filters with their counts come from this index alone: a row with its images is ten times as wide.
create index audit_logs_ts_id_idx on public.audit_logs (ts desc, id desc) include (op, actor, schema_name, table_name);
create index audit_logs_table_name_row_pk_id_idx on public.audit_logs (table_name, row_pk, id);
create index audit_logs_actor_ts_idx on public.audit_logs (actor, ts desc);

comment on table public.audit_logs is 'Who did what, when, to which row, and why.';
comment on column public.audit_logs.sysid is 'System identifier of the cluster that recorded it: transaction ids count within one cluster only.';
comment on column public.audit_logs.xid is 'Top-level transaction.';
comment on column public.audit_logs.ts is 'When it was recorded, by the server''s clock.';
comment on column public.audit_logs.tx_ts is 'When its transaction began.';
comment on column public.audit_logs.op is 'INSERT, UPDATE, DELETE, SNAPSHOT, DDL, ACCESS or NOTE.';
comment on column public.audit_logs.row_pk is 'Primary key of the row as text, its columns joined by a slash.';
comment on column public.audit_logs.old_row is 'The row before; null for an insert.';
comment on column public.audit_logs.new_row is 'The row after an insert; after an update its changed columns only.';
comment on column public.audit_logs.actor is 'Role that logged in.';
comment on column public.audit_logs.acting_role is 'Role in whose name it acted.';
comment on column public.audit_logs.client_addr is 'Null for a local connection.';
comment on column public.audit_logs.app is 'application_name: a claim of the client, not a proof.';
comment on column public.audit_logs.reason is 'As the person gave it.';

alter table public.audit_logs owner to viruj_app;
grant select on public.audit_logs to viruj_dba, viruj_reviewer;
grant select on sequence public.audit_logs_id_seq to viruj_dba;

-- Roles belong to the whole cluster: another database may have a trail of its own.
do $$
begin
  execute format('revoke connect on database %I from viruj_sealer, viruj_verifier', current_database());
end
$$;
