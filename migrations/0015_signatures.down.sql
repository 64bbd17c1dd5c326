-- What was replaced must not count again, once nothing says that it was.
select set_config('audit.reason', 'Replaced signatures stay out of force', true);
update public.signatures s
   set superseded_by = null, revoked_at = greatest(s.created_at, n.created_at)
  from public.signatures n
 where n.id = s.superseded_by;

drop policy signatures_operator_end on public.signatures;
drop policy signatures_operator_add on public.signatures;
drop policy signatures_operator_read on public.signatures;
drop policy signatures_reviewer on public.signatures;
drop policy signatures_dba on public.signatures;
drop policy signatures_service on public.signatures;
alter table public.signatures disable row level security;

revoke insert (user_id, image, media_type, sha256) on public.signatures from viruj_operator;
revoke update (superseded_by) on public.signatures from viruj_operator;
grant insert on public.signatures to viruj_operator;
revoke select (superseded_by, width, height) on public.signatures from viruj_reviewer;

drop index public.signatures_superseded_by_idx;
alter table public.signatures
  drop constraint signatures_pixels_check,
  drop constraint signatures_in_force_excl,
  drop constraint signatures_superseded_by_check,
  drop constraint signatures_superseded_by_fkey,
  drop constraint signatures_id_user_id_key,
  drop column height,
  drop column width,
  drop column superseded_by;
drop function public.image_size(text, bytea);

select audit.set_policy('public.signatures', reason_required => false, secrets => '{image}');
