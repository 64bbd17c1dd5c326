-- The domain of the Viruj ERP: people, metadata per plant and site, notifications, documents, signatures, sessions and the
-- audit log.
--
-- References to users: what a person has to answer for (documents, signatures, metadata) keeps the account from being deleted;
-- what only serves the person (notifications, sessions) goes with it.

-- Whoever changes a row, the server says when. An update that changes nothing leaves the time alone (see the triggers).
create function public.set_updated_at() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  new.updated_at := now();
  return new;
end
$$;

comment on function public.set_updated_at() is 'Trigger: updated_at becomes the time of the transaction.';
revoke all on function public.set_updated_at() from public;
alter function public.set_updated_at() owner to viruj_app;

create table public.users (
  id            uuid        primary key default gen_random_uuid(),
  email         text        not null,
  password_hash text        not null,
  role          text        not null,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  -- 254 characters are what a mail server has to take (RFC 5321).
  constraint users_email_check check (email ~ '^[^@\s]+@[^@\s]+$' and char_length(email) <= 254),
  constraint users_password_hash_check check (password_hash <> ''),
  constraint users_role_check check (role in ('dba', 'reviewer', 'operator', 'service'))
);

-- One account for an address, in whatever case; a query by address compares lower(email), too.
create unique index users_email_key on public.users (lower(email));

create trigger users_updated_at before update on public.users
  for each row when (old.* is distinct from new.*) execute function public.set_updated_at();

comment on table public.users is 'People and services that use the ERP.';
comment on column public.users.id is 'Never reused, also after the account is gone.';
comment on column public.users.email is 'As the person writes it; unique in whatever case. Personal data.';
comment on column public.users.password_hash is 'Argon2id in PHC form. A secret: reviewers and operators may not read it.';
comment on column public.users.role is 'What the person does: dba, reviewer, operator, or service for a program.';

create table public.metadata (
  id         bigint      generated always as identity primary key,
  plant      text        not null,
  site       text,
  key        text        not null,
  value      jsonb       not null,
  updated_by uuid        references public.users on delete restrict,
  updated_at timestamptz not null default now(),
  constraint metadata_plant_check check (plant ~ '^[A-Z]{3}-[0-9]+$'),
  constraint metadata_site_check check (site <> ''),
  constraint metadata_key_check check (key <> '')
);

-- One value for each key of a site, and of the plant as a whole. (NULLS NOT DISTINCT would say it, from 15 on.)
create unique index metadata_plant_site_key_key on public.metadata (plant, coalesce(site, ''), key);
-- The order of the metadata screen.
create index metadata_plant_site_key_idx on public.metadata (plant, site, key, id);
create index metadata_updated_by_idx on public.metadata (updated_by);

create trigger metadata_updated_at before update on public.metadata
  for each row when (old.* is distinct from new.*) execute function public.set_updated_at();

comment on table public.metadata is 'Settings and limits as key and value, per plant and site.';
comment on column public.metadata.plant is 'Plant code, such as HYD-1.';
comment on column public.metadata.site is 'Part of the plant; null when the key holds for the plant as a whole.';
comment on column public.metadata.value is 'Any JSON value: a number, a text, a limit with its unit.';
comment on column public.metadata.updated_by is 'Who changed it last.';

create table public.notifications (
  id               bigint      generated always as identity primary key,
  user_id          uuid        not null references public.users on delete cascade,
  status           text        not null default 'queued',
  delivery_channel text        not null,
  payload          jsonb       not null,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  sent_at          timestamptz,
  constraint notifications_status_check check (status in ('queued', 'sent', 'failed', 'read')),
  constraint notifications_delivery_channel_check check (delivery_channel in ('email', 'sms', 'push', 'in_app')),
  constraint notifications_sent_at_check check ((status in ('sent', 'read')) = (sent_at is not null))
);

create index notifications_user_id_created_at_idx on public.notifications (user_id, created_at desc);
create index notifications_undelivered_idx on public.notifications (created_at) where status in ('queued', 'failed');

create trigger notifications_updated_at before update on public.notifications
  for each row when (old.* is distinct from new.*) execute function public.set_updated_at();

comment on table public.notifications is 'Messages to people, one row for each delivery.';
comment on column public.notifications.status is 'queued, sent, failed, or read by its recipient.';
comment on column public.notifications.payload is 'Template name and its values.';
comment on column public.notifications.sent_at is 'When the channel accepted it; null until then.';

create table public.documents (
  id          bigint      generated always as identity primary key,
  filename    text        not null,
  plant       text        not null,
  site        text,
  bytes       bigint      not null,
  sha256      text        not null,
  s3_key      text        not null,
  state       text        not null default 'pending',
  payload     jsonb       not null default '{}',
  uploaded_by uuid        not null references public.users on delete restrict,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  stored_at   timestamptz,
  constraint documents_s3_key_key unique (s3_key),
  -- 1,024 bytes of UTF-8 are S3's limit.
  constraint documents_s3_key_check check (s3_key <> '' and octet_length(s3_key) <= 1024),
  constraint documents_filename_check check (filename <> '' and filename !~ '[/\\]'),
  constraint documents_plant_check check (plant ~ '^[A-Z]{3}-[0-9]+$'),
  constraint documents_site_check check (site <> ''),
  constraint documents_bytes_check check (bytes >= 0),
  constraint documents_sha256_check check (sha256 ~ '^[0-9a-f]{64}$'),
  constraint documents_state_check check (state in ('pending', 'stored')),
  constraint documents_stored_at_check check ((state = 'stored') = (stored_at is not null))
);

create index documents_plant_created_at_idx on public.documents (plant, created_at desc, id desc);
create index documents_created_at_idx on public.documents (created_at desc, id desc);
create index documents_uploaded_by_idx on public.documents (uploaded_by);
create index documents_pending_idx on public.documents (created_at) where state = 'pending';
-- Whether the same content was uploaded before.
create index documents_sha256_idx on public.documents (sha256);

create trigger documents_updated_at before update on public.documents
  for each row when (old.* is distinct from new.*) execute function public.set_updated_at();

comment on table public.documents is 'Documents in object storage. The row comes first, the object second.';
comment on column public.documents.filename is 'As the person who uploaded it named it, without a folder.';
comment on column public.documents.bytes is 'Size of the object.';
comment on column public.documents.sha256 is 'Of the object''s content, in lower-case hex.';
comment on column public.documents.s3_key is 'Where the object is in the bucket: plant, year, month and id.';
comment on column public.documents.state is 'pending until the object was seen in the bucket with this size and hash, then stored.';
comment on column public.documents.payload is 'Lot, product, pages, retention and approvals.';
comment on column public.documents.stored_at is 'When the object was seen in the bucket; null while pending.';

-- Signatures and sessions change once, when they are revoked: revoked_at is their updated_at.
create table public.signatures (
  id         bigint      generated always as identity primary key,
  user_id    uuid        not null references public.users on delete restrict,
  image      bytea       not null,
  media_type text        not null default 'image/png',
  sha256     text        not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  constraint signatures_image_check check (octet_length(image) between 1 and 262144),
  constraint signatures_media_type_check check (media_type in ('image/png', 'image/jpeg')),
  constraint signatures_sha256_check check (sha256 = encode(sha256(image), 'hex')),
  constraint signatures_revoked_at_check check (revoked_at >= created_at)
);

create index signatures_user_id_idx on public.signatures (user_id, created_at desc);

comment on table public.signatures is 'Images of handwritten signatures.';
comment on column public.signatures.image is 'PNG or JPEG, 256 kB at most. Personal data.';
comment on column public.signatures.sha256 is 'Of the image, in lower-case hex.';
comment on column public.signatures.revoked_at is 'From then on it may not be used; null while valid.';

create table public.auth_sessions (
  id          uuid        primary key default gen_random_uuid(),
  user_id     uuid        not null references public.users on delete cascade,
  token_hash  bytea       not null,
  client_addr inet,
  user_agent  text,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null,
  revoked_at  timestamptz,
  constraint auth_sessions_token_hash_key unique (token_hash),
  constraint auth_sessions_token_hash_check check (octet_length(token_hash) = 32),
  constraint auth_sessions_expires_at_check check (expires_at > created_at)
);

create index auth_sessions_user_id_idx on public.auth_sessions (user_id);
create index auth_sessions_expires_at_idx on public.auth_sessions (expires_at);

comment on table public.auth_sessions is 'Sign-ins to the ERP.';
comment on column public.auth_sessions.token_hash is 'SHA-256 of the token; the token itself is never stored. A secret: only the application and DBAs read it.';
comment on column public.auth_sessions.expires_at is 'From then on the token is refused.';
comment on column public.auth_sessions.revoked_at is 'When the person signed out or was signed out; null otherwise.';

create table public.audit_logs (
  id          bigint      generated always as identity primary key,
  sysid       bigint      not null,
  xid         xid8        not null default pg_current_xact_id(),
  ts          timestamptz not null default clock_timestamp(),
  tx_ts       timestamptz not null default transaction_timestamp(),
  op          text        not null,
  schema_name text,
  table_name  text,
  row_pk      text,
  old_row     jsonb,
  new_row     jsonb,
  actor       text        not null default session_user,
  acting_role text        not null default current_user,
  backend_pid integer     not null default pg_backend_pid(),
  client_addr inet                 default inet_client_addr(),
  app         text                 default current_setting('application_name'),
  reason      text,
  constraint audit_logs_op_check check (op in ('INSERT', 'UPDATE', 'DELETE', 'SNAPSHOT', 'DDL', 'ACCESS', 'NOTE'))
);

-- The time line and the filters with their counts come from this index alone: a row with its images is ten times as wide.
create index audit_logs_ts_id_idx on public.audit_logs (ts desc, id desc) include (op, actor, schema_name, table_name);
create index audit_logs_table_name_row_pk_id_idx on public.audit_logs (table_name, row_pk, id);
create index audit_logs_actor_ts_idx on public.audit_logs (actor, ts desc);

comment on table public.audit_logs is 'Who did what, when, to which row, and why.';
comment on column public.audit_logs.sysid is 'System identifier of the cluster that recorded it: transaction ids count within one cluster only.';
comment on column public.audit_logs.xid is 'Top-level transaction.';
comment on column public.audit_logs.ts is 'When it was recorded, by the server''s clock.';
comment on column public.audit_logs.tx_ts is 'When its transaction began.';
comment on column public.audit_logs.op is 'INSERT, UPDATE, DELETE, SNAPSHOT, DDL, ACCESS or NOTE.';
comment on column public.audit_logs.row_pk is 'Primary key of the row as text, its columns joined by a slash.';
comment on column public.audit_logs.old_row is 'The row before; null for an insert.';
comment on column public.audit_logs.new_row is 'The row after an insert; after an update its changed columns only.';
comment on column public.audit_logs.actor is 'Role that logged in.';
comment on column public.audit_logs.acting_role is 'Role in whose name it acted.';
comment on column public.audit_logs.client_addr is 'Null for a local connection.';
comment on column public.audit_logs.app is 'application_name: a claim of the client, not a proof.';
comment on column public.audit_logs.reason is 'As the person gave it.';

alter table public.users         owner to viruj_app;
alter table public.metadata      owner to viruj_app;
alter table public.notifications owner to viruj_app;
alter table public.documents     owner to viruj_app;
alter table public.signatures    owner to viruj_app;
alter table public.auth_sessions owner to viruj_app;
alter table public.audit_logs    owner to viruj_app;

-- The ERP takes away what serves only a moment. Nobody's document, signature or account goes.
grant select, insert, update on public.users, public.documents, public.signatures to viruj_service;
grant select, insert, update, delete on public.metadata, public.notifications, public.auth_sessions to viruj_service;

-- DBAs correct data, and see how far each identity has come. Nobody corrects the audit log.
grant select, insert, update, delete
  on public.users, public.metadata, public.notifications, public.documents, public.signatures, public.auth_sessions
  to viruj_dba;
grant select on public.audit_logs to viruj_dba;
grant select
  on sequence public.metadata_id_seq, public.notifications_id_seq, public.documents_id_seq, public.signatures_id_seq,
              public.audit_logs_id_seq
  to viruj_dba;

-- Reviewers see what happened, not who people are: no address, no image, no secret.
grant select on public.audit_logs, public.documents, public.metadata to viruj_reviewer;
grant select (id, role, created_at) on public.users to viruj_reviewer;
grant select (id, user_id, media_type, sha256, created_at, revoked_at) on public.signatures to viruj_reviewer;
grant select (id, user_id, created_at, expires_at, revoked_at) on public.auth_sessions to viruj_reviewer;

-- Operators add documents and signatures and withdraw signatures; they take nothing away.
grant select, insert on public.documents, public.signatures to viruj_operator;
grant update (state, stored_at, payload) on public.documents to viruj_operator;
grant update (revoked_at) on public.signatures to viruj_operator;
grant select on public.metadata to viruj_operator;
grant select (id, email, role, created_at) on public.users to viruj_operator;
