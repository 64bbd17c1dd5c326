-- Findings of the security posture that somebody accepts until a day. The newest word on a finding counts; open to DBAs only.

create table ops.finding_waiver (
  id      bigint      generated always as identity primary key,
  probe   text        not null,
  finding text        not null,
  reason  text        not null,
  until   date,
  made_at timestamptz not null default now(),
  made_by text        not null default session_user,
  constraint finding_waiver_probe_check check (probe ~ '^[a-z][a-z-]*$'),
  constraint finding_waiver_finding_check check (btrim(finding) <> ''),
  constraint finding_waiver_reason_check check (btrim(reason) <> ''),
  constraint finding_waiver_until_check check (until >= (made_at at time zone 'UTC')::date)
);

comment on table ops.finding_waiver is 'Who accepts which finding of a check, why and until when. Nobody changes it: the newest row of a finding counts.';
comment on column ops.finding_waiver.finding is 'The finding in its words. One that reads otherwise is another one, which nobody accepted.';
comment on column ops.finding_waiver.until is 'Last day, in UTC, on which it holds. Null: taken back.';
comment on column ops.finding_waiver.made_by is 'Role that logged in.';

create trigger finding_waiver_append_only before update or delete on ops.finding_waiver
  for each row execute function audit.refuse_change();
alter table ops.finding_waiver enable always trigger finding_waiver_append_only;

alter table ops.finding_waiver owner to viruj_app;
grant select, insert (probe, finding, reason, until) on ops.finding_waiver to viruj_dba;

select audit.track('ops.finding_waiver');
