-- Everybody with a grant sees every row again.

drop policy metadata_operator on public.metadata;
drop policy metadata_reviewer on public.metadata;
drop policy metadata_dba on public.metadata;
drop policy metadata_service on public.metadata;
drop policy documents_operator on public.documents;
drop policy documents_reviewer on public.documents;
drop policy documents_dba on public.documents;
drop policy documents_service on public.documents;

alter table public.metadata disable row level security;
alter table public.documents disable row level security;

drop function public.visible_plants();
drop table public.plant_access;
