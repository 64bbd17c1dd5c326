-- Filters of the audit log that people keep. Here and not on their machines: they name people and rows, and who may read the
-- log may read these.

create table audit.saved_filter (
  filter_no bigint      generated always as identity primary key,
  name      text        not null,
  owner     text        not null default session_user,
  filter    jsonb       not null,
  saved_at  timestamptz not null default now(),
  constraint saved_filter_owner_name_key unique (owner, name),
  constraint saved_filter_name_check check (name = btrim(name) and length(name) between 1 and 80),
  constraint saved_filter_filter_check check (jsonb_typeof(filter) = 'object' and octet_length(filter::text) <= 16384)
);
comment on table audit.saved_filter is 'Filters of the audit log that people keep. Readers of the log see all of them, and change their own.';
comment on column audit.saved_filter.owner is 'Role that logged in.';
comment on column audit.saved_filter.filter is 'Period and filters as the console writes them.';

alter table audit.saved_filter owner to audit_owner;
alter table audit.saved_filter enable row level security;
create policy saved_filter_read on audit.saved_filter for select using (true);
create policy saved_filter_own on audit.saved_filter using (owner = session_user) with check (owner = session_user);

grant select, insert (name, filter), update (filter, saved_at), delete on audit.saved_filter to viruj_reviewer, viruj_dba;
