-- Runs of runbooks, step by step as they happen, until somebody signs them; and reviews of backups. Open to DBAs only.

create table ops.runbook_run (
  id         uuid        primary key,
  runbook    text        not null,
  title      text        not null,
  server     text        not null,
  verdict    text        not null,
  steps      jsonb       not null,
  marks      jsonb       not null default '{}',
  started_at timestamptz not null default now(),
  started_by text        not null default session_user,
  reason     text,
  signed_at  timestamptz,
  signed_by  text,
  constraint runbook_run_runbook_check check (runbook ~ '^[a-z][a-z-]*$'),
  constraint runbook_run_verdict_check check (verdict in ('ok', 'not-checked', 'unknown', 'warn', 'critical')),
  constraint runbook_run_steps_check check (jsonb_typeof(steps) = 'array'),
  constraint runbook_run_marks_check check (jsonb_typeof(marks) = 'object'),
  constraint runbook_run_reason_check check (btrim(reason) <> ''),
  constraint runbook_run_signed_check check (num_nulls(reason, signed_at, signed_by) in (0, 3))
);
create index runbook_run_started_at_idx on ops.runbook_run (runbook, started_at desc);

comment on table ops.runbook_run is 'Runs of runbooks. What is signed stays as it is; no row is ever taken away.';
comment on column ops.runbook_run.server is 'Database and server that was looked at.';
comment on column ops.runbook_run.verdict is 'The worst of its steps.';
comment on column ops.runbook_run.steps is 'What was asked and found, in order. May name people and queries: the audit trail keeps a digest.';
comment on column ops.runbook_run.marks is 'What people noted, by step: a note, and whether it was done by hand.';
comment on column ops.runbook_run.started_by is 'Role that logged in to begin it.';
comment on column ops.runbook_run.reason is 'What its signature concludes. Null: not signed; to set it is to sign.';

-- Who signed and when is the server's word.
create function ops.guard_runbook_run() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'DELETE' then
    raise exception using
      errcode = 'object_not_in_prerequisite_state',
      message = 'Runs of runbooks stay: DELETE is refused.',
      hint    = 'A run that was begun by mistake is signed with that as its reason.';
  end if;
  if tg_op = 'UPDATE' then
    if old.signed_at is not null then
      raise exception using
        errcode = 'object_not_in_prerequisite_state',
        message = format('This run was signed by %s: it stays as it is.', old.signed_by),
        hint    = 'Run the runbook again.';
    end if;
    if (new.id, new.runbook, new.title, new.server, new.started_at, new.started_by)
       is distinct from (old.id, old.runbook, old.title, old.server, old.started_at, old.started_by) then
      raise exception using
        errcode = 'object_not_in_prerequisite_state',
        message = 'Of what and when a run was, and who began it, nothing changes.',
        hint    = 'Run the runbook again.';
    end if;
  end if;
  if new.reason is null then
    new.signed_at := null;
    new.signed_by := null;
  else
    new.signed_at := clock_timestamp();
    new.signed_by := session_user;
  end if;
  return new;
end
$$;
comment on function ops.guard_runbook_run() is 'Trigger: a signed run stays as it is.';
revoke all on function ops.guard_runbook_run() from public;

create trigger runbook_run_guard before insert or update or delete on ops.runbook_run
  for each row execute function ops.guard_runbook_run();
alter table ops.runbook_run enable always trigger runbook_run_guard;

create table ops.backup_review (
  id          bigint      generated always as identity primary key,
  backups     bigint[]    not null,
  verdict     text        not null,
  note        text        not null,
  next_due    date        not null,
  reviewed_at timestamptz not null default now(),
  reviewed_by text        not null default session_user,
  constraint backup_review_backups_check check (cardinality(backups) > 0 and array_position(backups, null) is null),
  constraint backup_review_verdict_check check (verdict in ('accepted', 'objected')),
  constraint backup_review_note_check check (btrim(note) <> ''),
  constraint backup_review_next_due_check check (next_due >= (reviewed_at at time zone 'UTC')::date)
);
create index backup_review_reviewed_at_idx on ops.backup_review (reviewed_at desc);

comment on table ops.backup_review is 'Who looked at which backups, with what verdict, and until when somebody has to look again. Nobody changes it.';
comment on column ops.backup_review.backups is 'Of ops.backup_run, by id.';
comment on column ops.backup_review.verdict is 'accepted, or objected: something has to be followed up.';
comment on column ops.backup_review.next_due is 'Last day, in UTC, on which the next review is in time.';
comment on column ops.backup_review.reviewed_by is 'Role that logged in.';

create trigger backup_review_append_only before update or delete on ops.backup_review
  for each row execute function audit.refuse_change();
alter table ops.backup_review enable always trigger backup_review_append_only;

alter table ops.runbook_run owner to viruj_app;
alter table ops.backup_review owner to viruj_app;
alter function ops.guard_runbook_run() owner to viruj_app;

grant select, insert (id, runbook, title, server, verdict, steps, marks), update (verdict, steps, marks, reason) on ops.runbook_run to viruj_dba;
grant select, insert (backups, verdict, note, next_due) on ops.backup_review to viruj_dba;

-- Begun, noted and signed are events of the trail, and neither table is emptied.
select audit.track('ops.runbook_run', secrets => '{steps}'),
       audit.track('ops.backup_review');
