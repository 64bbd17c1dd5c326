-- Who sees which plants. Grants say what a role may do with a table, policies say with which of its rows. A role that has a
-- grant but no policy sees nothing. The ERP, DBAs and reviewers see all plants; the owner and superusers are not bound by
-- policies, nor is a role for backups with BYPASSRLS.

create table public.plant_access (
  role_name  text        not null,
  plant      text        not null,
  granted_by text        not null default session_user,
  granted_at timestamptz not null default now(),
  primary key (role_name, plant),
  constraint plant_access_role_name_check check (role_name <> ''),
  constraint plant_access_plant_check check (plant ~ '^[A-Z]{3}-[0-9]+$')
);

comment on table public.plant_access is 'Which plants a database role sees. Matters to members of viruj_operator; others see all plants, or none.';
comment on column public.plant_access.role_name is 'A log-in role, or a group: then it holds for all its members. A name, not an oid, so that a dump can be restored.';
comment on column public.plant_access.granted_by is 'Role that logged in to give it.';

alter table public.plant_access owner to viruj_app;
alter table public.plant_access enable row level security;

-- Given and taken away, never changed: who gave it would be wrong.
grant select, delete on public.plant_access to viruj_dba;
grant insert (role_name, plant) on public.plant_access to viruj_dba;
grant select on public.plant_access to viruj_reviewer, viruj_operator;

create policy plant_access_dba on public.plant_access to viruj_dba using (true) with check (true);
create policy plant_access_reviewer on public.plant_access for select to viruj_reviewer using (true);
-- Their own. A role that does not exist (any more) gives null, which is not true.
create policy plant_access_operator on public.plant_access for select to viruj_operator
  using (pg_catalog.pg_has_role(pg_catalog.to_regrole(pg_catalog.quote_ident(role_name)), 'usage'));

-- With the caller's rights, so that current_user is the caller. The path is pinned: nobody can slip it another operator.
create function public.visible_plants() returns text[]
  language sql stable parallel safe security invoker
  set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(plant), '{}')
    from public.plant_access
   where pg_has_role(to_regrole(quote_ident(role_name)), 'usage')
$$;

comment on function public.visible_plants() is 'The plants that plant_access gives to the current role and the groups whose rights it has.';
alter function public.visible_plants() owner to viruj_app;
revoke all on function public.visible_plants() from public;
grant execute on function public.visible_plants() to viruj_dba, viruj_reviewer, viruj_operator;

alter table public.documents enable row level security;
alter table public.metadata enable row level security;

create policy documents_service on public.documents to viruj_service using (true) with check (true);
create policy documents_dba on public.documents to viruj_dba using (true) with check (true);
create policy documents_reviewer on public.documents for select to viruj_reviewer using (true);
-- The subquery makes it one call a statement, not one a row.
create policy documents_operator on public.documents to viruj_operator
  using (plant = any ((select public.visible_plants())::text[]))
  with check (plant = any ((select public.visible_plants())::text[]));

create policy metadata_service on public.metadata to viruj_service using (true) with check (true);
create policy metadata_dba on public.metadata to viruj_dba using (true) with check (true);
create policy metadata_reviewer on public.metadata for select to viruj_reviewer using (true);
create policy metadata_operator on public.metadata for select to viruj_operator
  using (plant = any ((select public.visible_plants())::text[]));
