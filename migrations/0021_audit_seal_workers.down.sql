create or replace function audit.seal() returns audit.seal
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

-- As migration 0007 left them, which "create or replace" forgot.
alter function audit.seal() set plan_cache_mode = 'force_custom_plan';
alter function audit.seal() set jit = 'off';
alter function audit.seal() set work_mem = '64MB';
drop function audit.seal_parts(audit.seal, audit.seal, boolean);
alter function audit.canonical(audit.event) parallel unsafe;
