-- What running the database needs: the statistics of statements, and the record of backups. Open to DBAs only.

create schema if not exists ops;
alter schema ops owner to viruj_app;
grant usage on schema ops to viruj_dba;
comment on schema ops is 'Operations: statement statistics and the record of backups.';

-- Only a superuser, or what a managed service calls so, may create this extension. Where it was created before, by
-- viruj-console provision or by the service, nothing happens here; where nobody did, the console says that it is missing.
do $$
begin
  create extension if not exists pg_stat_statements with schema ops;
exception
  when insufficient_privilege then
    raise notice using
      errcode = 'insufficient_privilege',
      message = 'pg_stat_statements is not here: a superuser has to run "create extension pg_stat_statements schema ops".';
  when feature_not_supported or undefined_file then
    raise notice 'pg_stat_statements is not here: this server does not bring it.';
end
$$;

-- It shows the statements of everybody, so it is not for PUBLIC. Its views belong to who created it.
do $$
declare
  name regclass;
begin
  for name in
    select c.oid::regclass
      from pg_catalog.pg_class c
      join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
      join pg_catalog.pg_extension e on d.refclassid = 'pg_catalog.pg_extension'::regclass and e.oid = d.refobjid
     where e.extname = 'pg_stat_statements' and c.relnamespace = 'ops'::regnamespace and c.relkind = 'v'
       and pg_has_role(c.relowner, 'usage')
  loop
    execute format('revoke all on %s from public', name);
    execute format('grant select on %s to viruj_dba', name);
  end loop;
end
$$;

create table ops.backup_run (
  id                  bigint      generated always as identity primary key,
  tool                text        not null,
  label               text        not null,
  kind                text        not null,
  system_identifier   bigint,
  repository          text        not null default '',
  started_at          timestamptz not null,
  finished_at         timestamptz,
  outcome             text        not null,
  failure             text,
  bytes               bigint,
  stored_bytes        bigint,
  timeline            integer,
  start_lsn           pg_lsn,
  stop_lsn            pg_lsn,
  verification        text,
  verified_at         timestamptz,
  verification_passed boolean,
  restored_at         timestamptz,
  restore_passed      boolean,
  report              jsonb,
  recorded_by         text        not null default session_user,
  recorded_at         timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  -- The same backup is recorded once, however often its tool reports it.
  constraint backup_run_label_key unique (tool, repository, label),
  constraint backup_run_tool_check check (tool in ('pgbackrest', 'wal-g', 'barman', 'pg_basebackup', 'other')),
  constraint backup_run_label_check check (label <> ''),
  constraint backup_run_kind_check check (kind in ('full', 'differential', 'incremental')),
  constraint backup_run_outcome_check check (outcome in ('running', 'succeeded', 'failed')),
  constraint backup_run_finished_at_check check ((outcome = 'running') = (finished_at is null)),
  constraint backup_run_period_check check (finished_at >= started_at),
  constraint backup_run_failure_check check (failure is null or outcome = 'failed'),
  constraint backup_run_bytes_check check (bytes >= 0 and stored_bytes >= 0),
  constraint backup_run_timeline_check check (timeline > 0),
  constraint backup_run_wal_check check (stop_lsn >= start_lsn),
  constraint backup_run_verification_check check (verification in ('sizes', 'checksums')),
  constraint backup_run_verified_at_check
    check (num_nulls(verification, verified_at, verification_passed) in (0, 3) and verified_at >= started_at),
  constraint backup_run_restored_at_check
    check (num_nulls(restored_at, restore_passed) in (0, 2) and restored_at >= started_at)
);

-- The last good backup, the one that runs, the last restore test: what is asked of it every day.
create index backup_run_started_at_idx on ops.backup_run (started_at desc);
create index backup_run_succeeded_idx on ops.backup_run (finished_at desc) where outcome = 'succeeded';
create index backup_run_restored_idx on ops.backup_run (restored_at desc) where restored_at is not null;

create trigger backup_run_updated_at before update on ops.backup_run
  for each row when (old.* is distinct from new.*) execute function public.set_updated_at();

comment on table ops.backup_run is 'Backups as their tools report them. Rows are never taken away.';
comment on column ops.backup_run.label is 'The tool''s own name of the backup, such as 20261123-010003F.';
comment on column ops.backup_run.kind is 'full, differential (since the last full one), or incremental (since the last one).';
comment on column ops.backup_run.system_identifier is 'Of the cluster it was taken of, as pg_control_system() has it; null when the tool does not say.';
comment on column ops.backup_run.repository is 'Where it is kept, as the tool names it; empty when the tool has one place only.';
comment on column ops.backup_run.finished_at is 'Null while it runs.';
comment on column ops.backup_run.bytes is 'Size of the cluster that it restores; null when the tool does not say.';
comment on column ops.backup_run.stored_bytes is 'What it takes in the repository, compressed; null when the tool does not say.';
comment on column ops.backup_run.start_lsn is 'A restore needs the WAL from here to stop_lsn at least.';
comment on column ops.backup_run.verification is 'What was compared: sizes finds missing files only; checksums finds damaged ones, too.';
comment on column ops.backup_run.restored_at is 'When a restore of it was tried last; null when never.';
comment on column ops.backup_run.report is 'What the tool reported, as it did.';
comment on column ops.backup_run.recorded_by is 'Role that logged in to record it.';

alter table ops.backup_run owner to viruj_app;

-- Who recorded it and when is the server's word. Nobody takes a row away.
grant select on ops.backup_run to viruj_dba;
grant insert (tool, label, kind, system_identifier, repository, started_at, finished_at, outcome, failure, bytes, stored_bytes,
              timeline, start_lsn, stop_lsn, verification, verified_at, verification_passed, restored_at, restore_passed, report)
  on ops.backup_run to viruj_dba;
grant update (finished_at, outcome, failure, bytes, stored_bytes, timeline, start_lsn, stop_lsn, verification, verified_at,
              verification_passed, restored_at, restore_passed, report)
  on ops.backup_run to viruj_dba;
grant select on sequence ops.backup_run_id_seq to viruj_dba;
