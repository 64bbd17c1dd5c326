-- Where the audit trail is kept: events in months, that nobody changes. Tamper-evident, not tamper-proof: a superuser can
-- switch all of this off, and docs/audit.md says what shows then.

do $$
declare
  wanted record;
begin
  for wanted in
    select *
      from (values
        -- Owns the trail and the functions that write it. Whoever becomes this role can rewrite it.
        ('audit_owner',  'create role audit_owner nologin'),
        -- Seals what was recorded, and does nothing else.
        ('viruj_sealer', 'create role viruj_sealer nologin'),
        -- Reads the trail as it is, personal data included, to verify it.
        ('viruj_verifier', 'create role viruj_verifier nologin')) as roles (name, command)
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

-- The owner of the domain makes and alters the trail by migrations, so it has to be able to act as the trail's owner.
do $$
begin
  if not pg_has_role('viruj_app', 'audit_owner', 'member') then
    grant audit_owner to viruj_app;
  end if;
exception
  when unique_violation then null;
  when insufficient_privilege then
    raise exception using
      errcode = 'insufficient_privilege',
      message = 'viruj_app is no member of audit_owner, so it can neither make nor alter the audit trail.',
      hint    = 'Let a superuser run "grant audit_owner to viruj_app" first, or "viruj-console provision".';
end
$$;

do $$
begin
  execute format('grant connect on database %I to viruj_sealer, viruj_verifier', current_database());
end
$$;

create schema audit;
alter schema audit owner to audit_owner;
comment on schema audit is 'The audit trail: who did what, when, to which row, and why.';

create table audit.event (
  id          bigint      generated always as identity,
  sysid       bigint      not null,
  xid         bigint      not null,
  ts          timestamptz not null default clock_timestamp(),
  tx_ts       timestamptz not null default transaction_timestamp(),
  op          text        not null,
  schema_name text,
  table_name  text,
  row_pk      text,
  old_row     jsonb,
  new_row     jsonb,
  actor       text        not null default session_user,
  acting_role text        not null default coalesce(nullif(current_setting('role'), 'none'), session_user),
  backend_pid integer     not null default pg_backend_pid(),
  client_addr inet                 default inet_client_addr(),
  app         text                 default current_setting('application_name'),
  reason      text,
  -- No check of op: only functions of this schema write, and a check is read anew for each statement, 35 µs of a change's 190.
  constraint event_pkey primary key (ts, id)
) partition by range (ts);

-- The history of one row.
create index event_row_idx on audit.event (table_name, row_pk, id);
-- What a seal covers, see 0007. Rows of one time lie together, so a summary per block range is enough.
create index event_xid_idx on audit.event using brin (xid) with (pages_per_range = 32, autosummarize = on);

comment on table audit.event is 'What happened, one row each. Recorded by triggers; nobody changes it.';
comment on column audit.event.sysid is 'System identifier of the cluster that recorded it: transaction ids count within one cluster only.';
comment on column audit.event.xid is 'Top-level transaction, 64 bits.';
comment on column audit.event.ts is 'When it was recorded, by the server''s clock.';
comment on column audit.event.tx_ts is 'When its transaction began.';
comment on column audit.event.op is 'INSERT, UPDATE, DELETE, SNAPSHOT (a row as it was when recording began), DDL, ACCESS (somebody read) or NOTE.';
comment on column audit.event.row_pk is 'Primary key of the row as text; several columns joined by a slash. Null where the table has none.';
comment on column audit.event.old_row is 'The row before; null for an insert. Secrets as length and digest.';
comment on column audit.event.new_row is 'The row after an insert; after an update its changed columns only. Secrets as length and digest.';
comment on column audit.event.actor is 'Role that logged in.';
comment on column audit.event.acting_role is 'Role in whose name it acted: SET ROLE.';
comment on column audit.event.client_addr is 'Null for a local connection.';
comment on column audit.event.app is 'application_name: a claim of the client, not a proof.';
comment on column audit.event.reason is 'As the person gave it: audit.reason of the transaction.';

-- Not stored with the database, but asked of the cluster: a restored database must not go on under its old identity.
-- Of a form that the planner puts in place of its call: it is asked for each event.
create function audit.system_identifier() returns bigint
  language sql
  begin atomic
    select (pg_catalog.pg_control_system()).system_identifier;
  end;
comment on function audit.system_identifier() is 'Identity of the cluster that runs this database.';

alter table audit.event
  alter column sysid set default audit.system_identifier(),
  alter column xid set default pg_current_xact_id()::text::bigint;

create function audit.refuse_change() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'AU003',
    message = format('%s.%s is append-only: %s is refused.', tg_table_schema, tg_table_name, tg_op),
    hint    = 'An audit trail is kept as long as the records that it tells of.';
end
$$;
comment on function audit.refuse_change() is 'Trigger: what was recorded stays as it is.';

-- A trigger for each row reaches every month, also when one is addressed directly.
create trigger event_append_only before update or delete on audit.event
  for each row execute function audit.refuse_change();
alter table audit.event enable always trigger event_append_only;
create trigger event_no_truncate before truncate on audit.event
  for each statement execute function audit.refuse_change();
alter table audit.event enable always trigger event_no_truncate;

create function audit.make_months(ahead integer default 12, since timestamptz default now()) returns integer
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set timezone = 'UTC'
as $$
declare
  first timestamptz;
  name  text;
  made  integer := 0;
begin
  -- Two at once would both find a month missing.
  perform pg_advisory_xact_lock(hashtext('audit.make_months'));
  for first in
    select generate_series(date_trunc('month', since), date_trunc('month', now()) + make_interval(months => ahead), interval '1 month')
  loop
    name := 'event_' || to_char(first, 'YYYY_MM');
    continue when to_regclass(format('audit.%I', name)) is not null;
    -- Attached, not made as a partition: that would wait for every writer.
    execute format('create table audit.%I (like audit.event including defaults including constraints)', name);
    execute format('alter table audit.event attach partition audit.%I for values from (%L) to (%L)', name, first, first + interval '1 month');
    execute format('create trigger event_no_truncate before truncate on audit.%I for each statement execute function audit.refuse_change()', name);
    execute format('alter table audit.%I enable always trigger event_no_truncate', name);
    execute format('alter table audit.%I owner to audit_owner', name);
    made := made + 1;
  end loop;
  return made;
end
$$;
comment on function audit.make_months(integer, timestamptz) is
  'Makes the months that are missing, from that of "since" to "ahead" months from now, by UTC. Returns how many it made.';

alter table audit.event owner to audit_owner;
alter function audit.system_identifier() owner to audit_owner;
alter function audit.refuse_change() owner to audit_owner;
alter function audit.make_months(integer, timestamptz) owner to audit_owner;
revoke all on function audit.system_identifier(), audit.refuse_change(), audit.make_months(integer, timestamptz) from public;
grant execute on function audit.make_months(integer, timestamptz) to viruj_sealer, viruj_app;
grant usage on schema audit to viruj_app, viruj_sealer;
-- DBAs read the tables themselves, too.
grant select on audit.event to viruj_verifier, viruj_dba;

-- What was recorded before, with its ids: an event's id never changes.
select audit.make_months(12, coalesce((select min(ts) from public.audit_logs), now()));

insert into audit.event (id, sysid, xid, ts, tx_ts, op, schema_name, table_name, row_pk, old_row, new_row, actor, acting_role,
                         backend_pid, client_addr, app, reason)
  overriding system value
select id, sysid, xid::text::bigint, ts, tx_ts, op, schema_name, table_name, row_pk, old_row, new_row, actor, acting_role,
       backend_pid, client_addr, app, reason
  from public.audit_logs
 order by id;
select setval(pg_get_serial_sequence('audit.event', 'id'), max(id)) from audit.event having max(id) is not null;

drop table public.audit_logs;
