-- Retention: a month of the trail goes when its time is over, with a sealed note of what went and of the packages that hold it. The
-- console compares packages and month first; this function only makes sure that nothing goes unsealed, uncounted or unnoted.

create table audit.retired (
  -- The note as sealed, see audit.canonical. All the rest is read from it, so that no column says anything else.
  line      text   not null,
  month     text   not null generated always as ((line::jsonb -> 11) ->> 'retired') stored,
  events    bigint not null generated always as (((line::jsonb -> 11) ->> 'events')::bigint) stored,
  from_seal bigint generated always as (((line::jsonb -> 11) ->> 'from_seal')::bigint) stored,
  to_seal   bigint generated always as (((line::jsonb -> 11) ->> 'to_seal')::bigint) stored,
  packages  jsonb  not null generated always as ((line::jsonb -> 11) -> 'packages') stored,
  actor     text   not null generated always as (line::jsonb ->> 12) stored,
  reason    text   not null generated always as (line::jsonb ->> 17) stored,
  at        text   not null generated always as (line::jsonb ->> 4) stored,
  constraint retired_pkey primary key (month)
);
comment on table audit.retired is 'Months of the trail that are gone, each with the packages that hold it. Written by audit.retire only; nobody changes it.';
comment on column audit.retired.line is 'The note of it in the trail, as seals hash it.';
comment on column audit.retired.from_seal is 'First seal that covers an event of it. Null: there was none.';
comment on column audit.retired.packages is 'Evidence that holds it: SHA-256 of each file, and the key that signed it, null for none.';
comment on column audit.retired.at is 'UTC.';

create trigger retired_append_only before update or delete on audit.retired
  for each row execute function audit.refuse_change();
alter table audit.retired enable always trigger retired_append_only;
create trigger retired_no_truncate before truncate on audit.retired
  for each statement execute function audit.refuse_change();
alter table audit.retired enable always trigger retired_no_truncate;

create function audit.assert_retirable(month text) returns text
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
  set timezone = 'UTC'
as $$
declare
  name   text := 'event_' || replace(month, '-', '_');
  first  timestamptz;
  other  text;
  head   audit.seal;
  open   bigint;
begin
  if month is null or month !~ '^\d{4}-(0[1-9]|1[0-2])$' then
    raise exception using
      errcode = 'AU009',
      message = 'A month is named by year and number.',
      hint    = 'Such as 2026-08.';
  end if;
  first := (month || '-01')::timestamptz;
  if first >= date_trunc('month', now()) - interval '1 month' then
    raise exception using
      errcode = 'AU009',
      message = format('%s is the current month, the one before, or still to come: it is kept.', month),
      hint    = 'Retire a month once the one after it is over.';
  end if;
  if exists (select from audit.retired r where r.month = assert_retirable.month) then
    raise exception using
      errcode = 'AU009',
      message = format('%s is retired already.', month),
      hint    = 'audit.retired names its packages.';
  end if;
  if not exists (select from pg_inherits where inhparent = 'audit.event'::regclass and inhrelid = to_regclass(format('audit.%I', name))) then
    raise exception using
      errcode = 'AU009',
      message = format('The trail has no month %s.', month),
      hint    = 'The trail begins later, or "viruj-console audit verify" finds what is missing.';
  end if;
  select min(c.relname) into other
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
   where i.inhparent = 'audit.event'::regclass and c.relname < name;
  if other is not null then
    raise exception using
      errcode = 'AU009',
      message = format('%s is older than %s: the oldest month goes first.', replace(substr(other, 7), '_', '-'), month),
      hint    = format('Retire %s first.', replace(substr(other, 7), '_', '-'));
  end if;
  select min(format('%I.%I', p.schema_name, p.table_name)) into other
    from audit.policy p join pg_index i on i.indrelid = to_regclass(format('%I.%I', p.schema_name, p.table_name)) and i.indisprimary
   where p.since < first + interval '1 month';
  if other is not null then
    raise exception using
      errcode = 'AU009',
      message = format('Rows of %s are compared with events of %s: without these, "audit check" would take them for unrecorded.', other, month),
      hint    = 'Run "viruj-console audit snapshot" first: it compares them once more and records them as they are now.';
  end if;
  select * into head from audit.seal order by seal_no desc limit 1;
  select count(*) into open
    from audit.event e
   where e.ts >= first and e.ts < first + interval '1 month'
     and (head.seal_no is null or (e.sysid = head.sysid and not pg_visible_in_snapshot(e.xid::text::xid8, head.snap)));
  if open > 0 then
    raise exception using
      errcode = 'AU009',
      message = format('%s events of %s are not sealed.', open, month),
      hint    = 'Run "viruj-console audit seal", and export the month then.';
  end if;
  return name;
end
$$;
comment on function audit.assert_retirable(text) is 'Fails where a month, such as 2026-08, is to be kept. Returns the name of its partition.';

create function audit.retire(month text, events bigint, ids bigint[], seals bigint[], remaining jsonb, packages jsonb, reason text)
  returns audit.retired
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set timezone = 'UTC'
as $$
declare
  name  text;
  there bigint;
  noted audit.event;
  made  audit.retired;
begin
  if nullif(btrim(retire.reason), '') is null then
    raise exception using
      errcode = 'AU001',
      message = 'Retiring a month needs a reason.',
      hint    = 'Say which rule lets it go, as it shall be read later.';
  end if;
  if jsonb_typeof(packages) is distinct from 'array' or packages = '[]'
     or exists (select from jsonb_array_elements(packages) p where coalesce(p ->> 'sha256', '') !~ '^[0-9a-f]{64}$') then
    raise exception using
      errcode = 'AU009',
      message = 'A month goes with the digests of the packages that hold it.',
      hint    = 'Retire it with "viruj-console audit retire", which verifies them.';
  end if;
  -- Not beside another one, nor while months are made.
  perform pg_advisory_xact_lock(hashtext('audit.make_months'));
  name := audit.assert_retirable(month);
  -- Readers go on, and so do writers: they write to other months.
  execute format('lock table audit.%I in exclusive mode', name);
  perform audit.assert_retirable(month);
  execute format('select count(*) from audit.%I', name) into there;
  if there is distinct from events then
    raise exception using
      errcode = 'AU009',
      message = format('%s has %s events, not %s.', month, there, events),
      hint    = 'Seal, export the month again, and retire it with that package.';
  end if;

  insert into audit.event as e (op, schema_name, table_name, new_row, reason)
  values ('NOTE', 'audit', name,
          jsonb_build_object('retired', month, 'events', there, 'id_min', ids[1]::text, 'id_max', ids[2]::text,
                             'from_seal', seals[1]::text, 'to_seal', seals[2]::text, 'remaining', remaining,
                             'packages', packages),
          btrim(retire.reason))
  returning e.* into noted;
  insert into audit.retired as r (line) values (audit.canonical(noted)) returning r.* into made;
  -- From here on writers wait, until the transaction ends: this comes last.
  execute format('drop table audit.%I', name);
  return made;
end
$$;
comment on function audit.retire(text, bigint, bigint[], bigint[], jsonb, jsonb, text) is
  'Drops a month of the trail and notes what went. Compares nothing with the packages: "viruj-console audit retire" does.';

-- The part of audit.snapshot that only the trail's owner may do.
create function audit.begin_anew(relation regclass) returns bigint
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  tracked  audit.policy;
  problems bigint;
begin
  select count(*) into problems from audit.reconcile(relation);
  if problems > 0 then
    raise exception using
      errcode = 'AU009',
      message = format('%s rows of %s are not as the trail says: a new snapshot would hide that.', problems, relation),
      hint    = 'Run "viruj-console audit check", and find out why first.';
  end if;
  update audit.policy p set since = clock_timestamp()
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.oid = relation and p.schema_name = n.nspname and p.table_name = c.relname
  returning p.* into tracked;
  insert into audit.event (op, schema_name, table_name, new_row, reason)
  values ('NOTE', tracked.schema_name, tracked.table_name, to_jsonb(tracked), nullif(btrim(current_setting('audit.reason', true)), ''));
  return audit.take_snapshot(tracked.schema_name, tracked.table_name);
end
$$;
comment on function audit.begin_anew(regclass) is 'Compares a recorded table, and has it compared from now on with a new snapshot.';

create function audit.snapshot(relation regclass) returns bigint
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- Nobody writes between the comparison and the snapshot.
  execute format('lock table %s in share row exclusive mode', relation);
  return audit.begin_anew(relation);
end
$$;
comment on function audit.snapshot(regclass) is
  'Records all rows of a recorded table as they are, so that they are compared from here on: earlier months can go. Returns how many. Run by the table''s owner.';

create or replace function audit.make_months(ahead integer default 12, since timestamptz default now()) returns integer
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set timezone = 'UTC'
as $$
declare
  first timestamptz;
  name  text;
  made  integer := 0;
begin
  -- Two at once would both find a month missing.
  perform pg_advisory_xact_lock(hashtext('audit.make_months'));
  for first in
    select generate_series(date_trunc('month', since), date_trunc('month', now()) + make_interval(months => ahead), interval '1 month')
  loop
    name := 'event_' || to_char(first, 'YYYY_MM');
    continue when to_regclass(format('audit.%I', name)) is not null;
    -- What is retired stays so.
    continue when exists (select from audit.retired where month = to_char(first, 'YYYY-MM'));
    -- Attached, not made as a partition: that would wait for every writer.
    execute format('create table audit.%I (like audit.event including defaults including constraints)', name);
    execute format('alter table audit.event attach partition audit.%I for values from (%L) to (%L)', name, first, first + interval '1 month');
    execute format('create trigger event_no_truncate before truncate on audit.%I for each statement execute function audit.refuse_change()', name);
    execute format('alter table audit.%I enable always trigger event_no_truncate', name);
    execute format('alter table audit.%I owner to audit_owner', name);
    made := made + 1;
  end loop;
  return made;
end
$$;

alter table audit.retired owner to audit_owner;
alter function audit.assert_retirable(text) owner to audit_owner;
alter function audit.retire(text, bigint, bigint[], bigint[], jsonb, jsonb, text) owner to audit_owner;
alter function audit.begin_anew(regclass) owner to audit_owner;
alter function audit.snapshot(regclass) owner to audit_owner;
revoke all on function audit.assert_retirable(text), audit.retire(text, bigint, bigint[], bigint[], jsonb, jsonb, text),
                       audit.begin_anew(regclass), audit.snapshot(regclass)
  from public;
grant execute on function audit.assert_retirable(text), audit.retire(text, bigint, bigint[], bigint[], jsonb, jsonb, text) to viruj_dba;
grant execute on function audit.begin_anew(regclass), audit.snapshot(regclass) to viruj_app;
grant select on audit.retired to viruj_reviewer, viruj_dba, viruj_verifier;
