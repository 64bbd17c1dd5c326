comment on column audit.review.scope is 'What the seals covered when it was signed: number of events, and the times of the first and the last.';

create or replace function audit.sign_off(from_seal bigint, to_seal bigint, verdict text, note text) returns audit.review
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
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

  -- What these seals cover, as audit.seal() chose it. Access is left out of what makes a reviewer an actor: it changed nothing, and
  -- each review is one.
  select count(*), min(e.ts), max(e.ts), count(*) filter (where e.actor = session_user and e.op <> 'ACCESS')
    into events, since, until, own
    from audit.event e
   where case
     when e.sysid = first.sysid then
           (first.prev_snap is null or e.xid >= pg_snapshot_xmin(first.prev_snap)::text::bigint)
       and e.xid < pg_snapshot_xmax(last.snap)::text::bigint
       and pg_visible_in_snapshot(e.xid::text::xid8, last.snap)
       and (first.prev_snap is null or not pg_visible_in_snapshot(e.xid::text::xid8, first.prev_snap))
     when first.prev_snap is not null then false
     -- An era begins: with what the one before left unsealed, or the trail with what came from elsewhere.
     when before.seal_no is null then not exists (select from audit.seal s where s.sysid = e.sysid)
     else e.sysid = before.sysid and not pg_visible_in_snapshot(e.xid::text::xid8, before.snap)
   end;
  if own > 0 then
    raise exception using
      errcode = 'AU008',
      message = format('%s of these events are by %s: nobody reviews themselves.', own, session_user),
      hint    = 'Let another reviewer sign off these seals.';
  end if;

  insert into audit.review as r (reviewer, scope, from_seal, to_seal, verdict, note, at)
  values (session_user, jsonb_build_object('events', events, 'from', since, 'to', until), first.seal_no, last.seal_no,
          sign_off.verdict, btrim(sign_off.note), clock_timestamp())
  returning * into made;
  perform audit.record_access('sign-off', to_jsonb(made) - 'note' - 'at', made.note);
  return made;
end
$$;

drop view audit.seal_retired;
