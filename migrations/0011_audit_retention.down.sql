-- Takes retention away, where no month was retired. What was recorded stays.

do $$
begin
  if exists (select from audit.retired) then
    raise exception using
      errcode = 'AU003',
      message = 'Months were retired: what says so is kept as long as the trail.',
      hint    = 'Leave this migration applied.';
  end if;
end
$$;

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

drop function audit.snapshot(regclass), audit.begin_anew(regclass);
drop function audit.retire(text, bigint, bigint[], bigint[], jsonb, jsonb, text);
drop function audit.assert_retirable(text);
drop table audit.retired;
