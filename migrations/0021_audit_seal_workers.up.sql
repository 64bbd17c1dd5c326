-- A seal over many events hashes them with several processes. What it covers, and what it is made of, is as before.

-- All that it calls may run in a worker.
alter function audit.canonical(audit.event) parallel safe;

-- What a seal covers. By itself, because a statement that writes takes no workers, and RETURN QUERY does (from PostgreSQL 14 on).
create function audit.seal_parts(prev audit.seal, made audit.seal, many boolean)
  returns table (part integer, n bigint, id_min bigint, id_max bigint, leaves bytea)
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
  set plan_cache_mode = 'force_custom_plan'
  -- Compiling takes longer than a usual seal.
  set jit = 'off'
  set work_mem = '64MB'
  -- As they are by default; given back at the end.
  set parallel_setup_cost = '1000'
  set parallel_tuple_cost = '0.1'
  set min_parallel_table_scan_size = '8MB'
  set min_parallel_index_scan_size = '512kB'
as $$
#variable_conflict use_column
declare
  -- Transactions from here on may be running in the snapshot; all before are over.
  open   constant bigint := pg_snapshot_xmin(made.snap)::text::bigint;
  -- Transactions from here on were not over in the snapshot before; all before its own xmin were.
  unseen constant bigint := pg_snapshot_xmax(made.prev_snap)::text::bigint;
begin
  -- The planner takes what is new for one row, and would start nobody.
  if many then
    perform set_config(name, '0', true)
       from unnest('{parallel_setup_cost,parallel_tuple_cost,min_parallel_table_scan_size,min_parallel_index_scan_size}'::text[]) name;
  end if;
  -- Whole subtrees of 65,536 leaves, and then the tree over their roots: the same root, and no array grows beyond measure.
  return query
    select place, count(*), min(id), max(id), string_agg(leaf, '' order by id)
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
     group by place;
end
$$;
comment on function audit.seal_parts(audit.seal, audit.seal, boolean) is 'The leaves that a seal to be made covers after the one before, in parts of 65,536; of many events by several processes.';
alter function audit.seal_parts(audit.seal, audit.seal, boolean) owner to audit_owner;
revoke all on function audit.seal_parts(audit.seal, audit.seal, boolean) from public;

create or replace function audit.seal() returns audit.seal
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  prev     audit.seal;
  made     audit.seal;
  month    text;
  many     boolean;
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

  -- Ids that were given out since the last seal that has any tell how much there is: below this, workers take longer to start than they
  -- save. After a long quiet time nobody looks for that seal.
  many := (select last_value from audit.event_id_seq)
          - case when prev.seal_no is null then 0
                 else (select id_max from audit.seal where seal_no > prev.seal_no - 1000 and n > 0 order by seal_no desc limit 1) end > 10000;
  if many then
    -- What the index over transactions has no summary of, each seal reads. Autovacuum makes them within a minute; where much is written, or
    -- sealed often, that is too late. Nobody is waited for: who holds the lock is making them.
    month := 'event_' || to_char(made.sealed_at at time zone 'UTC', 'YYYY_MM');
    begin
      execute format('lock table audit.%I in share update exclusive mode nowait', month);
      perform brin_summarize_new_values(i.inhrelid)
         from pg_inherits i join pg_index x on x.indexrelid = i.inhrelid
        where i.inhparent = 'audit.event_xid_idx'::regclass and x.indrelid = to_regclass(format('audit.%I', month));
    exception
      when lock_not_available then null;
    end;
  end if;

  with parts as materialized (select * from audit.seal_parts(prev, made, many)),
       kept as (
         insert into audit.seal_part (seal_no, part, leaves)
         select made.seal_no, part, leaves from parts)
  select coalesce(sum(n), 0), min(id_min), max(id_max), audit.merkle_root(coalesce(string_agg(audit.merkle_root(leaves), '' order by part), ''))
    into made.n, made.id_min, made.id_max, made.root
    from parts;
  made.hash := sha256('\x02'::bytea || convert_to(audit.seal_fields(made), 'UTF8') || made.prev_hash);
  insert into audit.seal values (made.*);
  return made;
end
$$;
