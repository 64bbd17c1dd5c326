-- Who looked at what was recorded, and found it in order: reviews of what is sealed, by people who did not do it themselves. And
-- the way to what is masked, which leaves an event.

create table audit.review (
  review_no bigint      generated always as identity primary key,
  reviewer  text        not null,
  scope     jsonb       not null,
  from_seal bigint      not null,
  to_seal   bigint      not null,
  verdict   text        not null,
  note      text        not null,
  at        timestamptz not null,
  constraint review_seals_check check (from_seal <= to_seal),
  constraint review_verdict_check check (verdict in ('accepted', 'objected'))
);
comment on table audit.review is 'Who reviewed which seals, and with what verdict. Written by audit.sign_off only; nobody changes it.';
comment on column audit.review.reviewer is 'Role that logged in.';
comment on column audit.review.scope is 'What the seals covered when it was signed: number of events, and the times of the first and the last.';
comment on column audit.review.from_seal is 'First seal, inclusive.';
comment on column audit.review.to_seal is 'Last seal, inclusive.';
comment on column audit.review.verdict is 'accepted, or objected: something in it has to be followed up.';

create trigger review_append_only before update or delete on audit.review
  for each row execute function audit.refuse_change();
alter table audit.review enable always trigger review_append_only;
create trigger review_no_truncate before truncate on audit.review
  for each statement execute function audit.refuse_change();
alter table audit.review enable always trigger review_no_truncate;

create function audit.sign_off(from_seal bigint, to_seal bigint, verdict text, note text) returns audit.review
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
comment on function audit.sign_off(bigint, bigint, text, text) is
  'Signs off what these seals cover, which the reviewer must have had no part in. Returns the review; it is an ACCESS event, too.';

create function audit.reveal(at timestamptz, event bigint, reason text) returns audit.event
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  found audit.event;
begin
  select * into found from audit.event e where e.ts = reveal.at and e.id = reveal.event;
  if found.id is null then
    raise exception using
      errcode = 'no_data_found',
      message = format('There is no event %s of that time.', reveal.event);
  end if;
  perform audit.record_access('reveal', jsonb_build_object('event', found.id, 'schema', found.schema_name, 'table', found.table_name,
                                                           'row', found.row_pk), reveal.reason);
  return found;
end
$$;
comment on function audit.reveal(timestamptz, bigint, text) is
  'An event with what is masked in audit_logs. Records that it was shown, to whom, and why.';

alter table audit.review owner to audit_owner;
alter function audit.sign_off(bigint, bigint, text, text) owner to audit_owner;
alter function audit.reveal(timestamptz, bigint, text) owner to audit_owner;
revoke all on function audit.sign_off(bigint, bigint, text, text), audit.reveal(timestamptz, bigint, text) from public;
grant execute on function audit.sign_off(bigint, bigint, text, text), audit.reveal(timestamptz, bigint, text) to viruj_reviewer;
grant select on audit.review to viruj_reviewer, viruj_dba, viruj_verifier;
