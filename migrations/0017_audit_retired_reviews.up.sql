-- Reviews of a period of which months are retired: seals still count those events, the log has them no longer.

create view audit.seal_retired as
  select s.seal_no,
         s.n - coalesce((select (kept ->> 1)::bigint from jsonb_array_elements(note.remaining) kept where kept ->> 0 = s.seal_no::text), 0) as events
    from audit.seal s
   -- Of two months that took events of one seal the later one says what remained.
   cross join lateral (select (r.line::jsonb -> 11) -> 'remaining' as remaining
                         from audit.retired r
                        where s.seal_no between r.from_seal and r.to_seal
                        order by r.month desc
                        limit 1) note;
comment on view audit.seal_retired is 'Seals that cover events of retired months, and how many of their events are gone.';
alter view audit.seal_retired owner to audit_owner;
grant select on audit.seal_retired to viruj_reviewer, viruj_dba, viruj_verifier;

comment on column audit.review.scope is
  'What the seals covered when it was signed: number of events, how many of them were retired, and the times of the first and the last that was there.';

create or replace function audit.sign_off(from_seal bigint, to_seal bigint, verdict text, note text) returns audit.review
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set plan_cache_mode = 'force_custom_plan'
  set jit = 'off'
as $$
declare
  first  audit.seal;
  last   audit.seal;
  before audit.seal;
  made   audit.review;
  events bigint;
  since  timestamptz;
  until  timestamptz;
  own    bigint;
  gone   bigint;
  sealed bigint;
begin
  if nullif(btrim(note), '') is null then
    raise exception using
      errcode = 'AU001',
      message = 'A review needs a note.',
      hint    = 'Say what was looked at and what was found, as it shall be read later.';
  end if;
  select * into first from audit.seal s where s.seal_no = sign_off.from_seal;
  select * into last from audit.seal s where s.seal_no = sign_off.to_seal;
  if first.seal_no is null or last.seal_no is null or first.seal_no > last.seal_no then
    raise exception using
      errcode = 'AU007',
      message = format('Seals %s to %s are not there: only what is sealed can be signed off.', sign_off.from_seal, sign_off.to_seal),
      hint    = 'Seal first: until then an event can be changed without a trace.';
  end if;
  if exists (select from audit.seal s where s.seal_no between first.seal_no and last.seal_no and s.sysid <> first.sysid) then
    raise exception using
      errcode = 'AU007',
      message = format('Seals %s to %s are of two clusters.', first.seal_no, last.seal_no),
      hint    = 'Sign off each era by itself.';
  end if;
  select * into before from audit.seal s where s.seal_no = first.seal_no - 1;

  -- What these seals cover, as audit.seal() chose it, and found as it finds it: by the index over transactions. Access is left out of
  -- what makes a reviewer an actor: it changed nothing, and each review is one.
  select count(*), min(e.ts), max(e.ts), count(*) filter (where e.actor = session_user and e.op <> 'ACCESS'),
         (select sum(s.n) from audit.seal s where s.seal_no between first.seal_no and last.seal_no),
         (select coalesce(sum(r.events), 0) from audit.seal_retired r where r.seal_no between first.seal_no and last.seal_no)
    into events, since, until, own, sealed, gone
    from (select ts, actor, op
            from audit.event
           where sysid = first.sysid
             and xid >= coalesce(pg_snapshot_xmin(first.prev_snap)::text::bigint, 0)
             and xid < pg_snapshot_xmax(last.snap)::text::bigint
             and pg_visible_in_snapshot(xid::text::xid8, last.snap)
             and (first.prev_snap is null or not pg_visible_in_snapshot(xid::text::xid8, first.prev_snap))
          union all
          -- An era begins: with what the one before left unsealed, or the trail with what came from elsewhere.
          select ts, actor, op
            from audit.event other
           where first.prev_snap is null
             and sysid <> first.sysid
             and case when before.seal_no is null then not exists (select from audit.seal s where s.sysid = other.sysid)
                      else sysid = before.sysid and xid >= pg_snapshot_xmin(before.snap)::text::bigint
                           and not pg_visible_in_snapshot(xid::text::xid8, before.snap) end) e;
  if events + gone <> sealed then
    raise exception using
      errcode = 'AU007',
      message = format('Of the %s events of these seals there are %s, and %s are retired.', sealed, events, gone),
      hint    = 'Run "viruj-console audit verify": nobody signs off a trail that does not hold.';
  end if;
  if own > 0 then
    raise exception using
      errcode = 'AU008',
      message = format('%s of these events are by %s: nobody reviews themselves.', own, session_user),
      hint    = 'Let another reviewer sign off these seals.';
  end if;

  insert into audit.review as r (reviewer, scope, from_seal, to_seal, verdict, note, at)
  values (session_user, jsonb_build_object('events', sealed, 'retired', gone, 'from', since, 'to', until), first.seal_no, last.seal_no,
          sign_off.verdict, btrim(sign_off.note), clock_timestamp())
  returning * into made;
  perform audit.record_access('sign-off', to_jsonb(made) - 'note' - 'at', made.note);
  return made;
end
$$;
