-- How changes are recorded: one generated function a table, called once a statement with all rows that it changed.

create table audit.policy (
  schema_name     text    not null,
  table_name      text    not null,
  reason_required boolean not null default false,
  secret_columns  text[]  not null default '{}',
  function_name   text    not null,
  since           timestamptz not null default now(),
  constraint policy_pkey primary key (schema_name, table_name),
  constraint policy_function_name_key unique (function_name)
);
comment on table audit.policy is 'Tables whose changes are recorded, and how.';
comment on column audit.policy.reason_required is 'A change without a reason is refused.';
comment on column audit.policy.secret_columns is 'Kept as length and digest only.';
comment on column audit.policy.function_name is 'Of the generated function in this schema.';

create table audit.column_policy (
  schema_name text not null,
  table_name  text not null,
  column_name text not null,
  shown       text not null,
  constraint column_policy_pkey primary key (schema_name, table_name, column_name),
  constraint column_policy_shown_check check (shown in ('mask', 'hide'))
);
comment on table audit.column_policy is 'Columns that reviewers do not see as they are.';
comment on column audit.column_policy.shown is 'mask: first and last character of a text, nothing of anything else; hide: not at all.';

-- Equal secrets have equal digests within one database, and nobody finds a short one by trying: the key stays here.
create table audit.digest_key (
  only_one boolean primary key default true check (only_one),
  inner_pad bytea not null,
  outer_pad bytea not null
);
comment on table audit.digest_key is 'Key of the secrets'' digests (HMAC-SHA-256), as its two padded forms.';

do $$
declare
  -- Each of the two UUIDs has 122 random bits; a key longer than they make no digest stronger.
  key bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) || decode(repeat('00', 32), 'hex');
  inner_pad bytea := key;
  outer_pad bytea := key;
begin
  for i in 0..63 loop
    inner_pad := set_byte(inner_pad, i, get_byte(key, i) # 54);
    outer_pad := set_byte(outer_pad, i, get_byte(key, i) # 92);
  end loop;
  insert into audit.digest_key (inner_pad, outer_pad) values (inner_pad, outer_pad);
end
$$;

create function audit.digest(secret bytea) returns jsonb
  language sql stable
  set search_path = pg_catalog, pg_temp
  begin atomic
    select case when secret is not null then
             pg_catalog.jsonb_build_object(
               'bytes', pg_catalog.octet_length(secret),
               'hmac', pg_catalog.encode(pg_catalog.sha256(k.outer_pad || pg_catalog.sha256(k.inner_pad || secret)), 'hex'))
           end
      from audit.digest_key k;
  end;
comment on function audit.digest(bytea) is 'What is kept of a secret: its length and its digest.';

-- How a row "r" of a tracked table is written: its key, its image with digests in place of secrets, and which columns of
-- two images "o" and "n" are the same. Compared as text: 1.0 and 1.00 are equal numbers, but not the same value.
create function audit.row_as_recorded(tracked audit.policy, out row_pk text, out image text, out unchanged text)
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
declare
  relation oid := to_regclass(format('%I.%I', tracked.schema_name, tracked.table_name));
  keys     text[];
  missing  text;
begin
  select column_name into missing
    from unnest(tracked.secret_columns) column_name
   where not exists (select from pg_attribute where attrelid = relation and attname = column_name and not attisdropped)
   limit 1;
  if missing is not null then
    raise exception using
      errcode = 'AU004',
      message = format('%I.%I has no column %I, of which the audit trail keeps a digest only.', tracked.schema_name, tracked.table_name, missing),
      hint    = 'First name its secret columns without it, in the same transaction: audit.set_policy.';
  end if;

  select array_agg(format('r.%I::text', a.attname) order by k.place) into keys
    from pg_index i
   cross join unnest(i.indkey::int2[]) with ordinality k (number, place)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
   where i.indrelid = relation and i.indisprimary and k.place <= i.indnkeyatts;
  row_pk := case
    when keys is null then 'null::text'
    when cardinality(keys) = 1 then keys[1]
    -- A slash inside of a value is told from one between two.
    else (select string_agg(format($q$replace(replace(%s, '\', '\\'), '/', '\/')$q$, part), $q$ || '/' || $q$ order by place)
            from unnest(keys) with ordinality u (part, place))
  end;

  select 'to_jsonb(r.*)' || coalesce(' || jsonb_build_object(' || string_agg(
           format('%L, audit.digest(%s)', a.attname,
                  case when a.atttypid = 'bytea'::regtype then format('r.%I', a.attname)
                       else format('convert_to(r.%I::text, ''UTF8'')', a.attname) end), ', ' order by a.attname) || ')', '')
    into image
    from pg_attribute a
   where a.attrelid = relation and a.attname = any (tracked.secret_columns) and not a.attisdropped;

  -- A column that is not in the list counts as changed, and is recorded.
  select 'array[' || string_agg(format('case when (o.image -> %1$L)::text = (n.image -> %1$L)::text then %1$L end', a.attname), ', ' order by a.attnum)
         || ']::text[]'
    into unchanged
    from pg_attribute a
   where a.attrelid = relation and a.attnum > 0 and not a.attisdropped;
  unchanged := coalesce(unchanged, 'array[]::text[]');
end
$$;
comment on function audit.row_as_recorded(audit.policy) is
  'Expressions over a row "r" of a tracked table: its key as text, its image as jsonb; over images "o" and "n": names of columns that are the same.';

create function audit.capture_source(tracked audit.policy) returns text
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
begin
  if tg_op = 'INSERT' then
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
comment on function audit.capture_source(audit.policy) is 'Source of the function that records the changes of a table.';

-- Writes the function of a tracked table where it is not as policy and table say. Returns whether it did.
create function audit.write_capture(tracked audit.policy) returns boolean
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  source   text := audit.capture_source(tracked);
  existing text := (select prosrc from pg_proc
                     where pronamespace = 'audit'::regnamespace and proname = tracked.function_name and pronargs = 0);
begin
  if existing = source then
    return false;
  end if;
  -- Everything is pinned that would change how a value is written.
  execute format($create$
    create or replace function audit.%I() returns trigger
      language plpgsql security definer
      set search_path = pg_catalog, pg_temp
      set timezone = 'UTC'
      set datestyle = 'ISO, YMD'
      set intervalstyle = 'postgres'
      set bytea_output = 'hex'
      set extra_float_digits = 1
      set lc_monetary = 'C'
    as %L$create$, tracked.function_name, source);
  execute format('alter function audit.%I() owner to audit_owner', tracked.function_name);
  execute format('revoke all on function audit.%I() from public', tracked.function_name);
  execute format('comment on function audit.%I() is %L', tracked.function_name,
                 format('Trigger: records the changes of %I.%I. Generated.', tracked.schema_name, tracked.table_name));
  return true;
end
$$;
comment on function audit.write_capture(audit.policy) is 'Generates the function that records the changes of a table.';

-- What of a tracked table has no trigger, or one that does not always fire: the table itself and each partition, since what is
-- sent to a partition fires the partition's triggers only.
create function audit.missing_triggers() returns table (relation regclass, trigger_name name, is_there boolean, function_name text)
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
     cross join (values ('audit_insert'::name), ('audit_update'), ('audit_delete'), ('audit_no_truncate')) wanted (name)
      left join pg_catalog.pg_trigger t on t.tgrelid = tree.relid and t.tgname = wanted.name
     where tree.relid is not null and t.tgenabled is distinct from 'A';
  end;
comment on function audit.missing_triggers() is 'Triggers of tracked tables and their partitions that are missing or do not always fire.';

-- With the rights of the caller: what is not the caller's is left out, and missing_triggers() goes on naming it.
create function audit.make_triggers() returns integer
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
        else
          'create trigger audit_no_truncate before truncate on %s for each statement execute function audit.refuse_truncate()'
      end, missing.relation, missing.function_name);
    end if;
    execute format('alter table %s enable always trigger %I', missing.relation, missing.trigger_name);
    made := made + 1;
  end loop;
  perform set_config('audit.making_triggers', 'off', true);
  return made;
end
$$;
comment on function audit.make_triggers() is 'Makes the triggers that missing_triggers() names. Returns how many.';

create function audit.refuse_truncate() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'AU003',
    message = format('%I.%I is audited: TRUNCATE is refused.', tg_table_schema, tg_table_name),
    hint    = 'DELETE its rows: that records each of them.';
end
$$;
comment on function audit.refuse_truncate() is 'Trigger: TRUNCATE names no row, so it cannot be recorded.';

-- The part of audit.track that only the trail's owner may do.
create function audit.set_policy(relation regclass, reason_required boolean default false, secrets text[] default '{}') returns void
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  about   record;
  tracked audit.policy;
begin
  select c.relkind, c.relrowsecurity, c.relpersistence, c.relname::text as table_name, n.nspname::text as schema_name,
         r.rolname as owner,
         exists (select from pg_inherits i join pg_class parent on parent.oid = i.inhparent
                  where parent.relkind = 'r' and c.oid in (i.inhparent, i.inhrelid)) as inherits
    into about
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
   where c.oid = relation;
  if about.relkind not in ('r', 'p') or about.relpersistence = 't' or about.inherits or about.schema_name = 'audit'
     or exists (select from pg_class where oid = relation and relispartition) then
    raise exception using
      errcode = 'AU005',
      message = format('%s cannot be tracked.', relation),
      hint    = 'Tracked is a table or a partitioned table as a whole: no view, foreign or temporary table, no partition, no table of plain inheritance.';
  end if;

  insert into audit.policy as p (schema_name, table_name, reason_required, secret_columns, function_name)
  values (about.schema_name, about.table_name, set_policy.reason_required, secrets,
          case when octet_length(format('%I.%I', about.schema_name, about.table_name)) <= 63
               then format('%I.%I', about.schema_name, about.table_name)
               else left(about.table_name, 20) || ' ' || md5(format('%I.%I', about.schema_name, about.table_name)) end)
  on conflict on constraint policy_pkey
    do update set reason_required = excluded.reason_required, secret_columns = excluded.secret_columns
  returning * into tracked;
  perform audit.write_capture(tracked);
  execute format('grant execute on function audit.%I() to %I', tracked.function_name, about.owner);
  insert into audit.event (op, schema_name, table_name, new_row, reason)
  values ('NOTE', tracked.schema_name, tracked.table_name, to_jsonb(tracked), nullif(btrim(current_setting('audit.reason', true)), ''));
end
$$;
comment on function audit.set_policy(regclass, boolean, text[]) is 'Sets whether a table''s changes need a reason, and which of its columns are secrets.';

-- A row for each that was there before, so that live rows can be compared with the trail.
create function audit.take_snapshot(tracked_schema text, tracked_table text) returns bigint
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set timezone = 'UTC'
  set datestyle = 'ISO, YMD'
  set intervalstyle = 'postgres'
  set bytea_output = 'hex'
  set extra_float_digits = 1
  set lc_monetary = 'C'
as $$
declare
  tracked  audit.policy;
  recorded record;
  taken    bigint;
begin
  select * into strict tracked from audit.policy where schema_name = tracked_schema and table_name = tracked_table;
  recorded := audit.row_as_recorded(tracked);
  execute format('insert into audit.event (op, schema_name, table_name, row_pk, new_row, reason)
                  select ''SNAPSHOT'', %L, %L, %s, %s, $1 from %I.%I r',
                 tracked.schema_name, tracked.table_name, recorded.row_pk, recorded.image,
                 tracked.schema_name, tracked.table_name)
    using nullif(btrim(current_setting('audit.reason', true)), '');
  get diagnostics taken = row_count;
  return taken;
end
$$;
comment on function audit.take_snapshot(text, text) is 'Records each row of a tracked table as it is now. Returns how many.';

-- Owner and triggers are the caller's business, policy and events the trail's.
create function audit.track(relation regclass, reason_required boolean default false, secrets text[] default '{}') returns bigint
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
declare
  about record;
begin
  -- Nobody writes between the first event and the snapshot.
  execute format('lock table %s in share row exclusive mode', relation);
  select n.nspname::text as schema_name, c.relname::text as table_name, c.relrowsecurity,
         exists (select from pg_policy where polrelid = c.oid and polname = 'audit_owner_reads') as has_policy
    into about
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.oid = relation;
  if not has_schema_privilege('audit_owner', about.schema_name, 'usage') then
    execute format('grant usage on schema %I to audit_owner', about.schema_name);
  end if;
  execute format('grant select on %s to audit_owner', relation);
  if about.relrowsecurity and not about.has_policy then
    execute format('create policy audit_owner_reads on %s for select to audit_owner using (true)', relation);
  end if;
  perform audit.set_policy(relation, reason_required, secrets);
  perform audit.make_triggers();
  return audit.take_snapshot(about.schema_name, about.table_name);
end
$$;
comment on function audit.track(regclass, boolean, text[]) is
  'Records all changes of a table from now on, and its rows as they are. Returns how many there were. Run by the table''s owner.';

create function audit.forget_policy(relation regclass) returns void
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  tracked audit.policy;
begin
  delete from audit.policy p
   using pg_class c, pg_namespace n
   where c.oid = relation and n.oid = c.relnamespace and p.schema_name = n.nspname and p.table_name = c.relname
  returning p.* into tracked;
  if tracked.function_name is null then
    raise exception using errcode = 'AU005', message = format('%s is not tracked.', relation), hint = 'audit.policy lists what is.';
  end if;
  execute format('drop function audit.%I()', tracked.function_name);
  insert into audit.event (op, schema_name, table_name, old_row, reason)
  values ('NOTE', tracked.schema_name, tracked.table_name, to_jsonb(tracked), nullif(btrim(current_setting('audit.reason', true)), ''));
end
$$;
comment on function audit.forget_policy(regclass) is 'The part of audit.untrack that only the trail''s owner may do.';

create function audit.untrack(relation regclass) returns void
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
       and t.tgname in ('audit_insert', 'audit_update', 'audit_delete', 'audit_no_truncate')
  loop
    execute format('drop trigger %I on %s', existing.tgname, existing.relation);
  end loop;
  execute format('drop policy if exists audit_owner_reads on %s', relation);
  execute format('revoke select on %s from audit_owner', relation);
  perform audit.forget_policy(relation);
end
$$;
comment on function audit.untrack(regclass) is 'Ends the recording of a table. What was recorded stays, and so does the note of who ended it.';

-- Live rows beside the last image that the trail has of each: what was changed while nothing recorded shows here. Columns that
-- only one side has (added or dropped since) are not compared. A row is found by its key as it stands in its image.
create function audit.reconcile(relation regclass) returns table (row_key jsonb, problem text, columns text[])
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
  set timezone = 'UTC'
  set datestyle = 'ISO, YMD'
  set intervalstyle = 'postgres'
  set bytea_output = 'hex'
  set extra_float_digits = 1
  set lc_monetary = 'C'
as $$
declare
  tracked audit.policy;
  keys    text[];
begin
  select p.* into tracked
    from audit.policy p join pg_class c on c.relname = p.table_name join pg_namespace n on n.oid = c.relnamespace and n.nspname = p.schema_name
   where c.oid = relation;
  if tracked.function_name is null then
    raise exception using errcode = 'AU005', message = format('%s is not tracked.', relation), hint = 'audit.policy lists what is.';
  end if;
  select array_agg(a.attname::text order by a.attnum) into keys
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
   where i.indrelid = relation and i.indisprimary;
  if keys is null then
    raise exception using errcode = 'AU005', message = format('%s has no primary key, by which rows are found again.', relation),
                          hint = 'Give it one.';
  end if;
  return query execute format($query$
    with image as (
           select e.id, e.op, e.old_row, case e.op when 'DELETE' then null when 'UPDATE' then e.old_row || e.new_row else e.new_row end as new_row
             from audit.event e
            where e.schema_name = %1$L and e.table_name = %2$L and e.op in ('INSERT', 'UPDATE', 'DELETE', 'SNAPSHOT') and e.ts >= %5$L
         ),
         -- An event takes the row of its key before away, and puts one of its key after there. Keys are unique once a statement is
         -- over, so their sum says whether a row is there, in whatever order a statement changed them.
         touched as (
           select id, -1 as change, (select jsonb_object_agg(k, old_row -> k) from unnest($1) k) as key, null::jsonb as row from image where old_row is not null
            union all
           select id, 1, (select jsonb_object_agg(k, new_row -> k) from unnest($1) k), new_row from image where new_row is not null
         ),
         expected as (
           select key, (array_agg(row order by id desc) filter (where change = 1))[1] as row
             from touched group by key having sum(change) > 0),
         live as (select (select jsonb_object_agg(k, image -> k) from unnest($1) k) as key, image as row
                    from (select %3$s as image from %4$s r) rows)
    select coalesce(live.key, expected.key),
           case when expected.key is null then 'not in the trail' when live.key is null then 'gone' else 'changed' end,
           changed.columns
      from live full join expected on live.key = expected.key
     cross join lateral (
       select array_agg(l.key order by l.key) as columns
         from jsonb_each(live.row) l join jsonb_each(expected.row) e on e.key = l.key
        where l.value::text <> e.value::text) changed
     where live.key is null or expected.key is null or changed.columns is not null
  $query$, tracked.schema_name, tracked.table_name, (audit.row_as_recorded(tracked)).image, relation, tracked.since)
  using keys;
end
$$;
comment on function audit.reconcile(regclass) is 'Rows of a recorded table that are not as the trail says: changed, gone, or not in the trail.';

-- What was done to objects, by its command and name. Not its text: that may hold values.
create function audit.record_ddl() returns event_trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_event = 'sql_drop' then
    insert into audit.event (op, schema_name, table_name, new_row, reason)
    select 'DDL', d.schema_name, case when d.object_type = 'table' then d.object_name end,
           jsonb_build_object('command', tg_tag, 'type', d.object_type, 'object', d.object_identity),
           nullif(btrim(current_setting('audit.reason', true)), '')
      from pg_event_trigger_dropped_objects() d
     where d.original and not d.is_temporary;
  else
    insert into audit.event (op, schema_name, table_name, new_row, reason)
    select 'DDL', c.schema_name, case when c.classid = 'pg_class'::regclass then (select relname from pg_class where oid = c.objid and relkind in ('r', 'p')) end,
           jsonb_build_object('command', c.command_tag, 'type', c.object_type, 'object', c.object_identity),
           nullif(btrim(current_setting('audit.reason', true)), '')
      from pg_event_trigger_ddl_commands() c
     where not c.in_extension and c.schema_name is distinct from 'pg_temp';
    -- A column added, a key changed, a secret renamed: the functions follow, or refuse.
    perform audit.write_capture(p)
       from audit.policy p
      where to_regclass(format('%I.%I', p.schema_name, p.table_name)) in
            (select objid from pg_event_trigger_ddl_commands() where classid = 'pg_class'::regclass);
  end if;
end
$$;
comment on function audit.record_ddl() is 'Event trigger: records DDL, and generates capture functions anew where a table changed.';

-- With the rights of who made the partition.
create function audit.follow_partitions() returns event_trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if current_setting('audit.making_triggers', true) is distinct from 'on'
     -- What was switched off stays so, for everyone to see.
     and exists (select from audit.missing_triggers() where not is_there) then
    perform audit.make_triggers();
  end if;
end
$$;
comment on function audit.follow_partitions() is 'Event trigger: a partition of a tracked table is recorded from its first row on.';

do $$
declare
  made record;
begin
  for made in
    select p.oid::regprocedure as signature from pg_proc p where p.pronamespace = 'audit'::regnamespace and p.proowner <> 'audit_owner'::regrole
  loop
    execute format('alter function %s owner to audit_owner', made.signature);
    execute format('revoke all on function %s from public', made.signature);
  end loop;
end
$$;
alter table audit.policy owner to audit_owner;
grant select on audit.policy, audit.column_policy to viruj_verifier, viruj_dba, viruj_reviewer;
alter table audit.column_policy owner to audit_owner;
alter table audit.digest_key owner to audit_owner;

grant execute on function audit.set_policy(regclass, boolean, text[]), audit.take_snapshot(text, text), audit.track(regclass, boolean, text[]),
                          audit.forget_policy(regclass), audit.untrack(regclass)
  to viruj_app;
-- Reads the catalogs only; the self-check compares with it.
grant execute on function audit.capture_source(audit.policy), audit.row_as_recorded(audit.policy) to viruj_dba, viruj_verifier;
grant execute on function audit.reconcile(regclass) to viruj_app, viruj_dba, viruj_verifier;
-- Names of tables only, and needed by whoever makes a partition.
grant usage on schema audit to public;
grant execute on function audit.missing_triggers(), audit.make_triggers() to public;
