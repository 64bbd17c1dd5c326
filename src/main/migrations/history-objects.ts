/**
 * The console's own schema. A run's row is there before the run begins, is changed while it lasts, and stays for good. It ends as
 * `done` inside the transaction of its migration: both are there, or neither. The triggers keep a slip of the hand from
 * rewriting what was; they do not stop an owner who drops them on purpose.
 */
export const historyObjects = `
  create schema if not exists viruj_console;
  comment on schema viruj_console is 'Kept by Viruj Console: which migrations ran, and which differences were accepted.';

  create table viruj_console.migration_history (
    id               bigint      generated always as identity primary key,
    version          text        not null,
    name             text        not null,
    direction        text        not null,
    outcome          text        not null default 'running',
    started_at       timestamptz not null default pg_catalog.clock_timestamp(),
    ended_at         timestamptz,
    actor            text        not null default session_user,
    acting_role      text        not null default current_user,
    claimed_by       text        not null,
    reason           text        not null,
    checksum         text        not null,
    prefix_sum       text        not null,
    statements       integer     not null,
    statements_begun integer     not null default 0,
    statements_done  integer     not null default 0,
    progress_sum     text,
    failure          text,
    tool_version     text        not null,
    constraint migration_history_direction_check check (direction in ('up', 'down', 'baseline')),
    constraint migration_history_outcome_check check (outcome in ('running', 'done', 'failed', 'interrupted')),
    constraint migration_history_ended_at_check check ((outcome = 'running') = (ended_at is null)),
    constraint migration_history_progress_check check (statements_done between 0 and statements_begun and statements_begun <= statements)
  );
  comment on table viruj_console.migration_history is 'Every run of every migration. Rows are never taken away.';
  comment on column viruj_console.migration_history.actor is 'Role that logged in.';
  comment on column viruj_console.migration_history.acting_role is 'Role that the migration ran as.';
  comment on column viruj_console.migration_history.claimed_by is 'Account and machine as the client names them: a claim, not a proof.';
  comment on column viruj_console.migration_history.checksum is 'SHA-256 of the file over LF line endings.';
  comment on column viruj_console.migration_history.prefix_sum is 'SHA-256 over names and checksums of all files up to this one.';
  comment on column viruj_console.migration_history.statements_begun is 'Without a transaction: statements that were sent. More than were done: how the last one ended was not seen.';
  comment on column viruj_console.migration_history.statements_done is 'Without a transaction: where to go on.';
  comment on column viruj_console.migration_history.progress_sum is 'Without a transaction: SHA-256 over the statements that were sent.';

  create table viruj_console.drift_waiver (
    id         bigint      generated always as identity primary key,
    kind       text        not null,
    identity   text        not null,
    attribute  text,
    who        text        not null default session_user,
    reason     text        not null,
    until      date        not null,
    created_at timestamptz not null default pg_catalog.clock_timestamp(),
    revoked_at timestamptz,
    revoked_by text,
    constraint drift_waiver_revoked_by_check check ((revoked_at is null) = (revoked_by is null))
  );
  comment on table viruj_console.drift_waiver is 'Differences that somebody accepted until a day. Rows are never taken away.';
  comment on column viruj_console.drift_waiver.attribute is 'Null: the whole object.';
  comment on column viruj_console.drift_waiver.who is 'Role that logged in.';
  comment on column viruj_console.drift_waiver.until is 'The last day, in UTC; from the next one it counts as drift again.';

  create function viruj_console.refuse_rewriting() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
  as $$
  begin
    raise exception using
      errcode = 'integrity_constraint_violation',
      message = format('%s keeps what was: its rows are neither changed nor taken away.', tg_relid::regclass);
  end
  $$;
  comment on function viruj_console.refuse_rewriting() is 'Trigger: refuses the change.';

  create trigger keep_rows before delete on viruj_console.migration_history
    for each row execute function viruj_console.refuse_rewriting();
  create trigger keep_ended_runs before update on viruj_console.migration_history
    for each row when (old.outcome <> 'running') execute function viruj_console.refuse_rewriting();
  create trigger keep_table before truncate on viruj_console.migration_history
    for each statement execute function viruj_console.refuse_rewriting();
  create trigger keep_rows before delete on viruj_console.drift_waiver
    for each row execute function viruj_console.refuse_rewriting();
  create trigger keep_waivers before update on viruj_console.drift_waiver
    for each row when (old.revoked_at is not null
                       or (old.id, old.kind, old.identity, old.attribute, old.who, old.reason, old.until, old.created_at)
                          is distinct from (new.id, new.kind, new.identity, new.attribute, new.who, new.reason, new.until, new.created_at))
    execute function viruj_console.refuse_rewriting();
  create trigger keep_table before truncate on viruj_console.drift_waiver
    for each statement execute function viruj_console.refuse_rewriting();
`

/** Group roles of the ERP that read the history, as soon as they are there. A DBA may accept differences, too. */
export const historyGrants = `do $$
declare
  reader text;
begin
  for reader in
    select rolname
      from pg_catalog.pg_roles
     where rolname in ('viruj_dba', 'viruj_reviewer')
       and not pg_catalog.has_schema_privilege(oid, 'viruj_console', 'usage')
  loop
    execute pg_catalog.format('grant usage on schema viruj_console to %I', reader);
    execute pg_catalog.format('grant select on all tables in schema viruj_console to %I', reader);
  end loop;
end
$$`
