import type pg from 'pg'
import { seedAuditLogs } from './seed-audit.ts'
import { seedDocuments } from './seed-documents.ts'
import { seedMetadata } from './seed-metadata.ts'
import { signatureImage } from './signature-image.ts'

/** Raise it when a new sandbox holds other rows: existing sandboxes are then made anew. */
export const seedVersion = 8

/**
 * Everything random comes from hashes of names, so that the same scale and base give the same rows on every machine.
 * The functions are temporary: they end with the connection.
 */
const helpers = `
  create function pg_temp.h(name text) returns bigint language sql immutable
    return hashtextextended(name, 0) & 9223372036854775807;

  create function pg_temp.one_of(choices text[], name text) returns text language sql immutable
    return choices[1 + pg_temp.h(name) % array_length(choices, 1)];

  -- With the version and variant of a random one (RFC 9562).
  create function pg_temp.uuid(name text) returns uuid language sql immutable
    return overlay(overlay(md5(name) placing '4' from 13) placing '8' from 17)::uuid;

  create function pg_temp.plants() returns text[] language sql immutable
    return array['HYD-1', 'HYD-2', 'HYD-3', 'VIZ-1', 'VIZ-2', 'PUN-1', 'PUN-2', 'PUN-3', 'GOA-1', 'AHM-1'];

  create function pg_temp.sites() returns text[] language sql immutable
    return array['granulation', 'compression', 'packaging', 'qc-lab'];

  -- Of each 200 accounts 4 are DBAs, 26 reviewers, 168 operators spread over the plants, and 2 programs.
  create function pg_temp.login(n bigint) returns text language sql immutable
    return case
      when (n - 1) % 200 < 4 then 'dba-' || 1 + (n - 1) % 200 + (n - 1) / 200 * 4
      when (n - 1) % 200 < 30 then 'qa-' || (n - 1) % 200 - 3 + (n - 1) / 200 * 26
      when (n - 1) % 200 < 198
        then 'op-' || lower(replace((pg_temp.plants())[1 + n % 10], '-', '')) || '-' || 1 + (n - 31) / 10
      else case n % 2 when 0 then 'mailer' else 'cleanup' end || case when n > 200 then '-' || 1 + (n - 1) / 200 else '' end
    end;

  -- The n-th of the operators.
  create function pg_temp.operator(n bigint) returns bigint language sql immutable
    return n / 168 * 200 + 31 + n % 168;

  -- A moment of the 400 days before "base", which is progress 1. Most lie in the plants' working hours.
  create function pg_temp.moment(base timestamptz, progress float8) returns timestamptz language sql immutable
    return base - interval '1 day' * (400 * (1 - progress) + 0.12 * (
      sin(2 * pi() * (extract(epoch from base) / 86400 + 1.0 / 6))
      - sin(2 * pi() * (extract(epoch from base) / 86400 + 1.0 / 6 + 400 * progress))));
`

const users = `
  insert into public.users (id, email, password_hash, role, created_at, updated_at)
  select pg_temp.uuid('user ' || n),
         pg_temp.login(n) || '@example.com',
         '$argon2id$v=19$m=65536,t=3,p=4$' || encode(substr(sha256(('salt ' || n)::bytea), 1, 15), 'base64')
           || '$' || replace(encode(sha256(('password ' || n)::bytea), 'base64'), '=', ''),
         case split_part(pg_temp.login(n), '-', 1)
           when 'dba' then 'dba' when 'qa' then 'reviewer' when 'op' then 'operator' else 'service' end,
         joined,
         joined
    from generate_series(1, $2::int) n
   cross join lateral (
     select $1::timestamptz - interval '2 years' + interval '1 minute' * (n * 1000 + pg_temp.h('joined ' || n) % 1000) as joined
   ) account`

const notifications = `
  insert into public.notifications (user_id, status, delivery_channel, payload, created_at, updated_at, sent_at)
  select pg_temp.uuid('user ' || 1 + pg_temp.h('recipient ' || n) % $3::int),
         status,
         pg_temp.one_of(array['email', 'email', 'in_app', 'in_app', 'push', 'sms'], 'channel ' || n),
         jsonb_build_object(
           'template', pg_temp.one_of(array['document-pending', 'review-due', 'deviation-opened', 'calibration-due'], 'template ' || n),
           'plant', pg_temp.one_of(pg_temp.plants(), 'notified ' || n),
           'due', (created_at + interval '14 days')::date,
           'attempt', 1 + (status = 'failed')::int * 4),
         created_at,
         coalesce(sent_at, created_at),
         sent_at
    from (select n,
                 pg_temp.moment($1, n::float8 / $2) as created_at,
                 case when pg_temp.h('status ' || n) % 50 = 0 then 'failed'
                      when n > $2 * 0.998 then 'queued'
                      else pg_temp.one_of(array['sent', 'read', 'read'], 'status ' || n) end as status
            from generate_series(1, $2::int) n) made
   cross join lateral (
     select case when status in ('sent', 'read')
              then least($1, created_at + interval '1 ms' * (200 + pg_temp.h('delivery ' || n) % 9000)) end as sent_at
   ) delivery`

const authSessions = `
  insert into public.auth_sessions (id, user_id, token_hash, client_addr, user_agent, created_at, expires_at, revoked_at)
  select pg_temp.uuid('session ' || n),
         pg_temp.uuid('user ' || pg_temp.operator(pg_temp.h('signed in ' || n) % ($3::int * 168 / 200))),
         sha256(('token ' || n)::bytea),
         ('10.20.' || 1 + pg_temp.h('net ' || n) % 10 || '.' || 2 + pg_temp.h('host ' || n) % 250)::inet,
         pg_temp.one_of(array['viruj-erp/5.2 (Windows)', 'viruj-erp/5.2 (Android)', 'viruj-erp/5.1 (Linux)'], 'agent ' || n),
         created_at,
         created_at + interval '12 hours',
         case when pg_temp.h('left ' || n) % 3 = 0 then least($1, created_at + interval '1 minute' * (5 + pg_temp.h('stay ' || n) % 600)) end
    from (select n, pg_temp.moment($1, 1 - 0.05 * (1 - n::float8 / $2)) as created_at
            from generate_series(1, $2::int) n) made`

const signatures = `
  insert into public.signatures (user_id, image, sha256, created_at)
  select pg_temp.uuid('user ' || pg_temp.operator(n % ($3::int * 168 / 200))),
         image,
         encode(sha256(image), 'hex'),
         pg_temp.moment($1, n::float8 / $4)
    from unnest($2::bytea[]) with ordinality as drawn (image, n)`

/**
 * Fills an empty domain schema with made-up but real-looking rows: at scale 1 200 users, 1,240 metadata values, 5,000
 * documents, 8,000 notifications, 318 signatures, 812 sessions and 50,000 audit events over 400 days.
 *
 * @param options.scale multiplies all of these but the metadata, whose plants and keys stay the same. Below 1 for tests only: then there are
 *   200 users all the same.
 * @param options.base the end of the 400 days; rows are equal for an equal base. By default the hour that has begun.
 */
export const seed = async (
  client: pg.ClientBase,
  options: { scale?: number; base?: Date } = {},
): Promise<void> => {
  const { scale = 1, base = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000) } = options
  const times = (count: number): number => Math.ceil(count * scale)
  const userCount = Math.max(200, times(200))
  const signatureCount = times(318)
  await client.query(helpers)
  await client.query('begin')
  try {
    // A moment written without a zone, a date of a moment: both must not depend on the client's zone.
    await client.query(`set local timezone = 'UTC'`)
    await client.query(`set local work_mem = '128MB'`)
    await client.query(users, [base, userCount])
    await seedMetadata(client, base)
    await seedDocuments(client, { base, count: times(5000), userCount })
    await client.query(notifications, [base, times(8000), userCount])
    await client.query(authSessions, [base, times(812), userCount])
    for (let first = 1; first <= signatureCount; first += 318) {
      const images = Array.from({ length: Math.min(318, signatureCount) }, (_, n) =>
        signatureImage(first + n),
      )
      await client.query(signatures, [base, images, userCount, images.length])
    }
    await seedAuditLogs(client, { base, count: times(50_000), userCount, signatureCount })
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
  await client.query('analyze')
}
