-- What a subscription (logical replication) applies fires triggers for each row only. Recorded tables get one that fires nowhere else,
-- and which records where the backend is a subscription's worker; statements of such a worker (its first copy) are left to it.

-- Workers of any kind are in that list, which everybody may read: of the first copy, of the stream, and, from 16 on, parallel ones.
-- The function is asked only where session_replication_role = replica.
create function audit.applying_subscription() returns text
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  return (select 'subscription ' || s.subname
            from pg_stat_get_subscription(null) worker join pg_subscription s on s.oid = worker.subid
           where worker.pid = pg_backend_pid());
end
$$;
comment on function audit.applying_subscription() is 'The subscription that this backend applies, as an actor of the trail; null: it is no worker of one.';
alter function audit.applying_subscription() owner to audit_owner;
revoke all on function audit.applying_subscription() from public;

comment on column audit.event.actor is 'Role that logged in; of what a subscription applied, "subscription" and its name.';

create or replace function audit.capture_source(tracked audit.policy) returns text
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
declare
  recorded record := audit.row_as_recorded(tracked);
begin
  return format($source$
declare
  why constant text := nullif(btrim(current_setting('audit.reason', true)), '');
  cluster constant bigint := audit.system_identifier();
  recorded bigint;
  applied  text;
begin
  if current_setting('session_replication_role') = 'replica' then
    applied := audit.applying_subscription();
    -- Of what a subscription applies each row is recorded, and of all else each statement.
    if (tg_level = 'ROW') = (applied is null) then
      return null;
    end if;
  end if;
  if applied is not null then
    insert into audit.event (sysid, op, schema_name, table_name, row_pk, old_row, new_row, actor, reason)
    select cluster, tg_op, %1$L, %2$L, coalesce(o.row_pk, n.row_pk), o.image,
           case when tg_op = 'UPDATE' then n.image - %5$s else n.image end, applied, why
      from (values (1)) one_row
      left join (select %3$s as row_pk, %4$s as image from (select old.*) r where tg_op <> 'INSERT' offset 0) o on true
      left join (select %3$s as row_pk, %4$s as image from (select new.*) r where tg_op <> 'DELETE' offset 0) n on true;
  elsif tg_op = 'INSERT' then
    insert into audit.event (sysid, op, schema_name, table_name, row_pk, new_row, reason)
    select cluster, 'INSERT', %1$L, %2$L, %3$s, %4$s, why from new_rows r;
  elsif tg_op = 'DELETE' then
    insert into audit.event (sysid, op, schema_name, table_name, row_pk, old_row, reason)
    select cluster, 'DELETE', %1$L, %2$L, %3$s, %4$s, why from old_rows r;
  else
    -- One row, as most updates: nothing to pair.
    insert into audit.event (sysid, op, schema_name, table_name, row_pk, old_row, new_row, reason)
    select cluster, 'UPDATE', %1$L, %2$L, o.row_pk, o.image, n.image - %5$s, why
      from (select %3$s as row_pk, %4$s as image from old_rows r offset 0) o
     cross join (select %4$s as image from new_rows r offset 0) n
     where not exists (select from new_rows offset 1);
    get diagnostics recorded = row_count;
    if recorded = 1 then
%6$s      return null;
    end if;
    -- Each changed row goes into both tables at once, so the two have the same order: also when its key changed.
    insert into audit.event (sysid, op, schema_name, table_name, row_pk, old_row, new_row, reason)
    select cluster, 'UPDATE', %1$L, %2$L, o.row_pk, o.image, n.image - %5$s, why
      from (select row_number() over () as place, %3$s as row_pk, %4$s as image from old_rows r) o
      full join (select row_number() over () as place, %4$s as image from new_rows r) n using (place);
  end if;
  get diagnostics recorded = row_count;
%6$s  return null;
end
$source$,
    tracked.schema_name,
    tracked.table_name,
    recorded.row_pk,
    recorded.image,
    recorded.unchanged,
    case when tracked.reason_required then format($source$
  if why is null and recorded > 0 then
    raise exception using
      errcode = 'AU001',
      message = %L,
      hint    = 'Set it in the transaction: select set_config(''audit.reason'', ''the reason'', true).';
  end if;
$source$, format('A change of %I.%I needs a reason.', tracked.schema_name, tracked.table_name)) else '' end);
end
$$;

create or replace function audit.missing_triggers() returns table (relation regclass, trigger_name name, is_there boolean, function_name text)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select tree.relid, wanted.name, t.oid is not null, p.function_name
      from audit.policy p
     cross join lateral (
       select pg_catalog.to_regclass(pg_catalog.format('%I.%I', p.schema_name, p.table_name)) as relid
        union
       select relid from pg_catalog.pg_partition_tree(pg_catalog.to_regclass(pg_catalog.format('%I.%I', p.schema_name, p.table_name)))
     ) tree
      join pg_catalog.pg_class c on c.oid = tree.relid
     cross join (values ('audit_insert'::name, 'A'::"char"), ('audit_update', 'A'), ('audit_delete', 'A'), ('audit_no_truncate', 'A'),
                        ('audit_replicated', 'R')) wanted (name, enabled)
      left join pg_catalog.pg_trigger t on t.tgrelid = tree.relid and t.tgname = wanted.name
     -- Rows lie in partitions, so only these have triggers for rows.
     where not (wanted.name = 'audit_replicated' and c.relkind = 'p')
       and t.tgenabled is distinct from wanted.enabled;
  end;

create or replace function audit.make_triggers() returns integer
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
declare
  missing record;
  made    integer := 0;
begin
  -- Enabling a trigger is an ALTER TABLE, which would call this again.
  perform set_config('audit.making_triggers', 'on', true);
  for missing in
    select m.* from audit.missing_triggers() m join pg_class c on c.oid = m.relation
     where pg_has_role(c.relowner, 'usage')
  loop
    if not missing.is_there then
      execute format(case missing.trigger_name
        when 'audit_insert' then
          'create trigger audit_insert after insert on %s referencing new table as new_rows for each statement execute function audit.%I()'
        when 'audit_update' then
          'create trigger audit_update after update on %s referencing old table as old_rows new table as new_rows for each statement execute function audit.%I()'
        when 'audit_delete' then
          'create trigger audit_delete after delete on %s referencing old table as old_rows for each statement execute function audit.%I()'
        when 'audit_replicated' then
          'create trigger audit_replicated after insert or update or delete on %s for each row execute function audit.%I()'
        else
          'create trigger audit_no_truncate before truncate on %s for each statement execute function audit.refuse_truncate()'
      end, missing.relation, missing.function_name);
    end if;
    execute format('alter table %s enable %s trigger %I', missing.relation,
                   case missing.trigger_name when 'audit_replicated' then 'replica' else 'always' end, missing.trigger_name);
    made := made + 1;
  end loop;
  perform set_config('audit.making_triggers', 'off', true);
  return made;
end
$$;

create or replace function audit.untrack(relation regclass) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
declare
  existing record;
begin
  execute format('lock table %s in share row exclusive mode', relation);
  for existing in
    select t.tgrelid::regclass as relation, t.tgname
      from pg_trigger t
     where t.tgrelid in (select relid from pg_partition_tree(untrack.relation) union select untrack.relation)
       and t.tgname in ('audit_insert', 'audit_update', 'audit_delete', 'audit_no_truncate', 'audit_replicated')
  loop
    execute format('drop trigger %I on %s', existing.tgname, existing.relation);
  end loop;
  execute format('drop policy if exists audit_owner_reads on %s', relation);
  execute format('revoke select on %s from audit_owner', relation);
  perform audit.forget_policy(relation);
end
$$;

-- The tables that are recorded already.
select audit.write_capture(p) from audit.policy p;
select audit.make_triggers();
