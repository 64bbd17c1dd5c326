-- What the way of a document into object storage needs: where exactly its bytes lie, how far its upload has come, and how it ends.
-- It ends as retired: neither row nor object goes, and a legal hold keeps it from that.

alter table public.documents
  add column content_type text    not null default 'application/octet-stream',
  add column s3_bucket    text,
  add column s3_version   text,
  add column upload_id    text,
  add column uploaded_as  text,
  add column retired_at   timestamptz,
  add column legal_hold   boolean not null default false,
  alter column uploaded_as set default session_user,
  alter column uploaded_by drop not null,
  drop constraint documents_state_check,
  drop constraint documents_stored_at_check,
  drop constraint documents_filename_check;

alter table public.documents
  add constraint documents_filename_check check (filename <> '' and filename !~ '[/\\[:cntrl:]]'),
  add constraint documents_content_type_check check (content_type ~ '^[a-z0-9][!#$&^_.+a-z0-9-]*/[a-z0-9][!#$&^_.+a-z0-9-]*$'),
  add constraint documents_state_check check (state in ('pending', 'stored', 'retired', 'quarantined', 'abandoned')),
  add constraint documents_stored_at_check check ((state in ('pending', 'abandoned')) = (stored_at is null)),
  add constraint documents_retired_at_check check ((state = 'retired') = (retired_at is not null)),
  add constraint documents_upload_id_check check (upload_id is null or state = 'pending'),
  add constraint documents_legal_hold_check check (not (legal_hold and state = 'retired')),
  add constraint documents_uploader_check check (uploaded_by is not null or uploaded_as is not null);

comment on column public.documents.content_type is 'Media type, read from the content.';
comment on column public.documents.s3_bucket is 'Bucket of the object; null: the one that the application knows.';
comment on column public.documents.s3_version is 'Version of the object that was seen with this size and hash; null in a bucket without versions.';
comment on column public.documents.s3_key is 'Where the object is in the bucket.';
comment on column public.documents.upload_id is 'Of the upload in parts that is under way; null otherwise.';
comment on column public.documents.uploaded_by is 'Person of the ERP; null for an upload by a role.';
comment on column public.documents.uploaded_as is 'Role that logged in to upload it; null for uploads from before it was kept.';
comment on column public.documents.state is 'pending until the object was seen in the bucket with this size and hash, then stored; abandoned when its upload was given up; retired at its end; quarantined when its object is not what the row says.';
comment on column public.documents.stored_at is 'When the object was seen in the bucket; null before.';
comment on column public.documents.retired_at is 'When it was taken out of use; null otherwise. Row and object stay.';
comment on column public.documents.legal_hold is 'It may not be retired.';

grant update (upload_id, s3_version, retired_at) on public.documents to viruj_operator;

-- A hold is the business of who reviews, not of who uploads.
grant update (legal_hold) on public.documents to viruj_reviewer;
create policy documents_reviewer_hold on public.documents for update to viruj_reviewer using (true) with check (true);

-- The recording is written anew for the columns that there are now: by itself only where a superuser made the event triggers.
select audit.set_policy('public.documents');
