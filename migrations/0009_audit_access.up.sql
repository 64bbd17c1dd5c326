-- Who looked: what was exported or unmasked leaves an event of its own.

create function audit.record_access(what text, scope jsonb, reason text) returns bigint
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  why      constant text := nullif(btrim(record_access.reason), '');
  recorded bigint;
begin
  if why is null then
    raise exception using
      errcode = 'AU001',
      message = 'Access to the audit trail needs a reason.',
      hint    = 'Say why, as it shall be read later.';
  end if;
  if nullif(btrim(what), '') is null or jsonb_typeof(scope) is distinct from 'object' then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = 'Access is recorded with what it was, and with its scope as a JSON object.',
      hint    = 'Such as: select audit.record_access(''export'', ''{"seals": "1..4"}'', ''the reason'').';
  end if;
  insert into audit.event (op, new_row, reason)
  -- Nothing in the scope takes the place of what it was.
  values ('ACCESS', scope || jsonb_build_object('what', btrim(what)), why)
  returning id into recorded;
  return recorded;
end
$$;
comment on function audit.record_access(text, jsonb, text) is 'Records that somebody took something out of the trail, and why. Returns the id of the event.';

alter function audit.record_access(text, jsonb, text) owner to audit_owner;
revoke all on function audit.record_access(text, jsonb, text) from public;
grant execute on function audit.record_access(text, jsonb, text) to viruj_reviewer, viruj_dba, viruj_verifier;
