import type pg from 'pg'

/**
 * Of each ten events one adds a document and one stores it, so that every document has its history; each 155th adds a
 * signature. One clean-up near the end deletes 412 sessions at once: what a reviewer should notice. The others are drawn
 * by chance, in per cent.
 */
const kind = `
  case when n > $2 - 4120 and n % 10 = 7 then 'sessions cleaned up'
       when n % 10 = 0 then 'document added'
       when n % 10 = 3 and n > 10 then 'document stored'
       when n % 155 = 2 and n / 155 < $4 then 'signature added'
       when chance < 46 then 'metadata changed'
       when chance < 76 then 'document corrected'
       when chance < 92 then 'session expired'
       when chance < 98 then 'log read'
       when chance < 99 then 'role changed'
       else 'migration'
  end`

/** What a row was when that many changes of it were still to come. */
const site = (later: string) =>
  `(pg_temp.sites())[1 + (array_position(pg_temp.sites(), (d).site) - 1 + ${later}) % 4]`
const value = (later: string) =>
  `case ${later} when 0 then (m).value else to_jsonb((metadata_id * 7 + ${later}) % 90) end`
const role = (later: string) => `case (${later}) % 2 when 0 then 'reviewer' else 'operator' end`

const insert = `
  with drawn as materialized (
    select n,
           ${kind} as kind,
           greatest(1, case when n % 10 in (0, 3) then n / 10 else pg_temp.h('target ' || n) % (n / 10 + 1) end) as document_id,
           1 + pg_temp.h('value ' || n) % 1240 as metadata_id,
           1 + n / 155 as signature_id,
           -- A reviewer.
           5 + pg_temp.h('person ' || n) % 26 as person,
           pg_temp.operator(pg_temp.h(
             case when n % 10 in (0, 3) then 'uploader ' || greatest(1, n / 10) else 'operator ' || n end
           ) % ($3::int * 168 / 200)) as operator
      from (select n, pg_temp.h('chance ' || n) % 100 as chance from generate_series(1, $2::int) n) counted
  ), placed as materialized (
    select drawn.*, d, m, s,
           case kind
             when 'sessions cleaned up' then $1::timestamptz - interval '9 hours 17 minutes'
             when 'document added' then d.created_at
             when 'document stored' then coalesce(d.stored_at, pg_temp.moment($1, n::float8 / $2))
             when 'signature added' then s.created_at
             else pg_temp.moment($1, n::float8 / $2)
           end as ts,
           -- What a document was until it was stored, where an event tells of that.
           case when document_id * 10 + 3 <= $2 then
             jsonb_build_object('state', 'pending', 'stored_at', null, 'updated_at', d.created_at) else '{}' end as before
      from drawn
      join public.documents d on d.id = document_id
      join public.metadata m on m.id = metadata_id
      left join public.signatures s on kind = 'signature added' and s.id = signature_id
  ), settled as (
    select n, d, m, s, document_id, metadata_id, person, operator, ts, before,
           case when kind = 'document stored' and (d).stored_at is null
                  or kind = 'document corrected' and ts <= coalesce((d).stored_at, (d).created_at)
                then 'log read' else kind end as kind
      from placed
  ), chained as (
    select *,
           -- Changes of the same row that follow: the last one leaves it as it is, and each finds it as the one before left it.
           count(*) over same - row_number() over (same order by ts, n) as later,
           count(*) filter (where kind = 'document corrected') over (partition by document_id) as corrections
      from settled
    window same as (partition by kind, case kind when 'document corrected' then document_id when 'metadata changed' then metadata_id
                                                 when 'role changed' then person end)
  ), told as (
    select n, ts, 'UPDATE' as op, 'documents' as table_name, (d).id::text as row_pk,
           to_jsonb(d) - 'payload' || before || jsonb_build_object('site', ${site('corrections')}) as old_row,
           jsonb_build_object('state', (d).state, 'stored_at', (d).stored_at, 'updated_at', (d).updated_at) as new_row,
           pg_temp.login(operator) as actor, 'viruj_operator' as acting_role, null as reason
      from chained where kind = 'document stored'
    union all
    select n, ts, 'INSERT', 'documents', (d).id::text, null,
           to_jsonb(d) || before || jsonb_build_object('site', ${site('corrections')}),
           pg_temp.login(operator), 'viruj_operator', null
      from chained where kind = 'document added'
    union all
    select n, ts, 'UPDATE', 'documents', (d).id::text,
           to_jsonb(d) - 'payload' || jsonb_build_object('site', ${site('later + 1')}),
           jsonb_build_object('site', ${site('later')}),
           pg_temp.login(operator), 'viruj_operator',
           pg_temp.one_of(array['Wrong site corrected, DEV-', 'Filed under the wrong site, DEV-', 'Site renamed, CC-'], 'why ' || n)
             || 1000 + n % 900
      from chained where kind = 'document corrected'
    union all
    select n, ts, 'UPDATE', 'metadata', (m).id::text,
           to_jsonb(m) || jsonb_build_object('value', ${value('later + 1')}),
           jsonb_build_object('value', ${value('later')}),
           pg_temp.login(operator), 'viruj_operator',
           pg_temp.one_of(array['Calibration ', 'Limit tightened, review ', 'Annual review ', 'Line qualified again '], 'why ' || n)
             || to_char(ts, 'YYYY-MM')
      from chained where kind = 'metadata changed'
    union all
    select n, ts, 'INSERT', 'signatures', (s).id::text, null,
           -- An image is recorded by its size and hash.
           to_jsonb(s) || jsonb_build_object(
             'image', jsonb_build_object('bytes', octet_length((s).image), 'sha256', (s).sha256)),
           pg_temp.login(operator), 'viruj_operator', 'New signatory, HR-' || lpad((n % 10000)::text, 4, '0')
      from chained where kind = 'signature added'
    union all
    select n, ts, 'DELETE', 'auth_sessions', pg_temp.uuid('expired ' || n)::text,
           jsonb_build_object(
             'id', pg_temp.uuid('expired ' || n), 'user_id', pg_temp.uuid('user ' || operator),
             'expires_at', ts - interval '1 day'),
           null, 'cleanup', 'viruj_service', 'expired sessions'
      from chained where kind in ('session expired', 'sessions cleaned up')
    union all
    select n, ts, 'ACCESS', 'audit_logs', null, null, null,
           pg_temp.login(person), 'viruj_reviewer', 'Inspection request ' || to_char(ts, 'YYYY-') || 1 + n % 40
      from chained where kind = 'log read'
    union all
    select n, ts, 'UPDATE', 'users', pg_temp.uuid('user ' || person)::text,
           -- No address: personal data stays out of the log.
           jsonb_build_object('id', pg_temp.uuid('user ' || person), 'role', ${role('later + 1')}),
           jsonb_build_object('role', ${role('later')}),
           pg_temp.login(1 + n % 4), 'viruj_dba', 'Role change approved, ACC-' || 100 + n % 800
      from chained where kind = 'role changed'
    union all
    select n, ts, 'DDL', 'documents', null, null, null,
           pg_temp.login(1 + n % 4), 'viruj_dba', 'migration ' || lpad((1 + n / 2500)::text, 4, '0')
      from chained where kind = 'migration'
  )
  insert into public.audit_logs
    (id, sysid, xid, ts, tx_ts, op, schema_name, table_name, row_pk, old_row, new_row,
     actor, acting_role, backend_pid, client_addr, app, reason)
  overriding system value
  select row_number() over (order by ts, n),
         -- Not this cluster's own: it did not record these events, and they are the same everywhere.
         7412065892131074816,
         -- What happened at the same moment was one transaction.
         (700000 + dense_rank() over (order by ts))::text::xid8,
         ts,
         ts - interval '1 us' * (pg_temp.h('began ' || ts::text) % 4000),
         op,
         'public',
         table_name,
         row_pk,
         old_row,
         new_row,
         actor,
         acting_role,
         2000 + (pg_temp.h('backend ' || actor || ts::date) % 30000)::int,
         ('10.20.' || 1 + pg_temp.h('net ' || actor) % 10 || '.' || 2 + pg_temp.h('host ' || actor) % 250)::inet,
         case acting_role when 'viruj_operator' then 'viruj-erp' when 'viruj_service' then 'viruj-erp cleanup' else 'viruj-console' end,
         reason
    from told
   order by 1`

/** `count` events in the order of their times, about rows that exist. Everything else is seeded before. */
export const seedAuditLogs = async (
  client: pg.ClientBase,
  {
    base,
    count,
    userCount,
    signatureCount,
  }: { base: Date; count: number; userCount: number; signatureCount: number },
): Promise<void> => {
  await client.query(insert, [base, count, userCount, signatureCount])
  await client.query(`select setval(pg_get_serial_sequence('public.audit_logs', 'id'), $1)`, [count])
}
