-- As long as no document was retired, quarantined, abandoned or uploaded by a role: the constraints that come back refuse those.

drop policy documents_reviewer_hold on public.documents;
revoke update (legal_hold) on public.documents from viruj_reviewer;
revoke update (upload_id, s3_version, retired_at) on public.documents from viruj_operator;

alter table public.documents
  drop constraint documents_filename_check,
  drop constraint documents_content_type_check,
  drop constraint documents_state_check,
  drop constraint documents_stored_at_check,
  drop constraint documents_retired_at_check,
  drop constraint documents_upload_id_check,
  drop constraint documents_legal_hold_check,
  drop constraint documents_uploader_check;

alter table public.documents
  alter column uploaded_by set not null,
  drop column legal_hold,
  drop column retired_at,
  drop column uploaded_as,
  drop column upload_id,
  drop column s3_version,
  drop column s3_bucket,
  drop column content_type,
  add constraint documents_filename_check check (filename <> '' and filename !~ '[/\\]'),
  add constraint documents_state_check check (state in ('pending', 'stored')),
  add constraint documents_stored_at_check check ((state = 'stored') = (stored_at is not null));

comment on column public.documents.s3_key is 'Where the object is in the bucket: plant, year, month and id.';
comment on column public.documents.uploaded_by is null;
comment on column public.documents.state is 'pending until the object was seen in the bucket with this size and hash, then stored.';
comment on column public.documents.stored_at is 'When the object was seen in the bucket; null while pending.';

select audit.set_policy('public.documents');
