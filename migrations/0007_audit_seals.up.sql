-- Seals: each covers what became visible since the one before it, and hashes it together with that one's hash. Who changes
-- an event afterwards has to rewrite all later seals, and what was published of them stands elsewhere.

create table audit.seal (
  seal_no   bigint      primary key,
  sysid     bigint      not null,
  snap      pg_snapshot not null,
  prev_snap pg_snapshot,
  n         bigint      not null,
  id_min    bigint,
  id_max    bigint,
  root      bytea       not null,
  prev_hash bytea       not null,
  hash      bytea       not null,
  sealed_at timestamptz not null,
  sealed_by text        not null,
  constraint seal_prev_hash_key unique (prev_hash),
  constraint seal_hash_key unique (hash),
  constraint seal_hash_check check (octet_length(root) = 32 and octet_length(prev_hash) = 32 and octet_length(hash) = 32),
  constraint seal_n_check check (n >= 0 and (n = 0) = (id_min is null) and (n = 0) = (id_max is null))
);
comment on table audit.seal is 'Seals over the events, each with the hash of the one before.';
comment on column audit.seal.sysid is 'System identifier: where it differs from the seal before, a new era begins (a restored dump, an upgrade).';
comment on column audit.seal.snap is 'What it covers: visible in this snapshot, and not in prev_snap.';
comment on column audit.seal.prev_snap is 'Snapshot of the seal before; null at the beginning of an era.';
comment on column audit.seal.n is 'Events. None: a heartbeat, which proves a quiet time.';
comment on column audit.seal.root is 'Root of the Merkle tree over the events in the order of their ids: RFC 6962''s form of leaves and nodes.';
comment on column audit.seal.hash is 'SHA-256 over 0x02, the fields as JSON, and prev_hash.';

create trigger seal_append_only before update or delete on audit.seal
  for each row execute function audit.refuse_change();
alter table audit.seal enable always trigger seal_append_only;
create trigger seal_no_truncate before truncate on audit.seal
  for each statement execute function audit.refuse_change();
alter table audit.seal enable always trigger seal_no_truncate;

-- With them a broken seal names the events that were changed, and one event is proven without all others. They prove nothing by
-- themselves: their root has to be the seal's.
create table audit.seal_part (
  seal_no bigint  not null,
  part    integer not null,
  leaves  bytea   not null,
  constraint seal_part_pkey primary key (seal_no, part),
  constraint seal_part_leaves_check check (octet_length(leaves) >= 32 and octet_length(leaves) <= 2097152 and octet_length(leaves) % 32 = 0)
);
alter table audit.seal_part alter leaves set storage external;
comment on table audit.seal_part is 'Hashes of the events that a seal covers, in the order of their ids, 65,536 a row.';

create trigger seal_part_append_only before update or delete on audit.seal_part
  for each row execute function audit.refuse_change();
alter table audit.seal_part enable always trigger seal_part_append_only;
create trigger seal_part_no_truncate before truncate on audit.seal_part
  for each statement execute function audit.refuse_change();
alter table audit.seal_part enable always trigger seal_part_no_truncate;

-- The bytes that stand for an event; the console and verify.mjs hash exactly these. Nothing in it depends on a setting.
create function audit.canonical(e audit.event) returns text
  language sql stable
  begin atomic
    select json_build_array(1, e.id::text, e.sysid::text, e.xid::text,
                             to_char(e.ts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                             to_char(e.tx_ts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                             e.op, e.schema_name, e.table_name, e.row_pk, e.old_row, e.new_row, e.actor, e.acting_role,
                             e.backend_pid, host(e.client_addr), e.app, e.reason)::text;
  end;
comment on function audit.canonical(audit.event) is 'An event as one line of JSON, as seals hash it.';

create function audit.seal_fields(s audit.seal) returns text
  language sql stable
  begin atomic
    select json_build_array(1, s.seal_no::text, s.sysid::text, s.snap::text, s.prev_snap::text, s.n::text, s.id_min::text, s.id_max::text,
                             encode(s.root, 'hex'), to_char(s.sealed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                             s.sealed_by)::text;
  end;
comment on function audit.seal_fields(audit.seal) is 'The fields of a seal as one line of JSON, as its hash covers them.';

create function audit.merkle_root(leaves bytea) returns bytea
  language plpgsql immutable
  set search_path = pg_catalog, pg_temp
as $$
declare
  -- Hashes of one level, 32 bytes each.
  level bytea := leaves;
  n     integer := octet_length(leaves) / 32;
begin
  while n > 1 loop
    level := (select string_agg(sha256('\x01'::bytea || substring(level from pair * 64 + 1 for 64)), '' order by pair)
                from generate_series(0, n / 2 - 1) pair)
          -- A node without a neighbour goes up as it is.
          || case when n % 2 = 1 then substring(level from (n - 1) * 32 + 1) else '' end;
    n := (n + 1) / 2;
  end loop;
  return case when n = 1 then level else sha256('') end;
end
$$;
comment on function audit.merkle_root(bytea) is 'Root of the Merkle tree over these leaves, 32 bytes each; of none: SHA-256 of nothing.';

create function audit.seal() returns audit.seal
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  prev     audit.seal;
  made     audit.seal;
  -- Transactions from here on may be running in the snapshot; all before are over.
  open     bigint;
  -- Transactions from here on were not over in the snapshot before; all before its own xmin were.
  unseen   bigint;
begin
  -- The snapshot has to be younger than the wait for the lock.
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception using
      errcode = 'AU006',
      message = 'A seal is made in READ COMMITTED only.',
      hint    = 'Run it in a transaction of its own.';
  end if;
  -- One at a time. Nobody else writes to it, so nobody but another seal waits.
  lock table audit.seal in exclusive mode;
  select * into prev from audit.seal order by seal_no desc limit 1;
  perform audit.make_months();

  made.seal_no   := coalesce(prev.seal_no, 0) + 1;
  made.sysid     := audit.system_identifier();
  made.snap      := pg_current_snapshot();
  made.prev_snap := case when prev.sysid = made.sysid then prev.snap end;
  made.prev_hash := coalesce(prev.hash, decode(repeat('00', 32), 'hex'));
  made.sealed_at := clock_timestamp();
  made.sealed_by := session_user;
  open           := pg_snapshot_xmin(made.snap)::text::bigint;
  unseen         := pg_snapshot_xmax(made.prev_snap)::text::bigint;

  -- Whole subtrees of 65,536 leaves, and then the tree over their roots: the same root, and no array grows beyond measure.
  with part as materialized (
          select count(*) as n, min(id) as id_min, max(id) as id_max, string_agg(leaf, '' order by id) as leaves, place
            from (select id, leaf, ((row_number() over (order by id) - 1) / 65536)::int as place
                    from (select e.id, sha256('\x00'::bytea || convert_to(audit.canonical(e), 'UTF8')) as leaf
                            from audit.event e
                   where case when made.prev_snap is not null then
                               e.sysid = made.sysid
                           and e.xid >= pg_snapshot_xmin(made.prev_snap)::text::bigint
                           and e.xid < pg_snapshot_xmax(made.snap)::text::bigint
                           and (e.xid < open or pg_visible_in_snapshot(e.xid::text::xid8, made.snap))
                           and (e.xid >= unseen or not pg_visible_in_snapshot(e.xid::text::xid8, made.prev_snap))
                         else
                           -- An era begins: with what the one before left unsealed.
                           case when e.sysid = made.sysid then pg_visible_in_snapshot(e.xid::text::xid8, made.snap)
                                else prev.seal_no is null or (e.sysid = prev.sysid and not pg_visible_in_snapshot(e.xid::text::xid8, prev.snap)) end
                         end
                          -- Hashed first: what is sorted is an id and a hash, not the event.
                          offset 0) hashed) covered
           group by place),
       kept as (
         insert into audit.seal_part (seal_no, part, leaves)
         select made.seal_no, place, leaves from part)
  select coalesce(sum(part.n), 0), min(part.id_min), max(part.id_max),
         audit.merkle_root(coalesce(string_agg(audit.merkle_root(part.leaves), '' order by part.place), ''))
    into made.n, made.id_min, made.id_max, made.root
    from part;
  made.hash := sha256('\x02'::bytea || convert_to(audit.seal_fields(made), 'UTF8') || made.prev_hash);
  insert into audit.seal values (made.*);
  return made;
end
$$;
comment on function audit.seal() is 'Seals what became visible since the last seal. Returns the seal; without new events a heartbeat.';

alter function audit.seal() set plan_cache_mode = 'force_custom_plan';
-- Compiling takes longer than a usual seal.
alter function audit.seal() set jit = 'off';
alter function audit.seal() set work_mem = '64MB';

alter table audit.seal owner to audit_owner;
alter table audit.seal_part owner to audit_owner;
alter function audit.canonical(audit.event) owner to audit_owner;
alter function audit.seal_fields(audit.seal) owner to audit_owner;
alter function audit.merkle_root(bytea) owner to audit_owner;
alter function audit.seal() owner to audit_owner;
revoke all on function audit.canonical(audit.event), audit.seal_fields(audit.seal), audit.merkle_root(bytea), audit.seal() from public;

-- A DBA's console seals, too.
grant execute on function audit.seal() to viruj_sealer, viruj_dba;
grant select on audit.seal, audit.seal_part to viruj_reviewer, viruj_dba, viruj_verifier;
