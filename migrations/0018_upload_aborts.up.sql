-- Who ended an unfinished upload that no document knows, and why. There is no row whose history could tell it.

create function audit.record_upload_abort(storage_key text, upload text, reason text) returns bigint
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  why      constant text := nullif(btrim(record_upload_abort.reason), '');
  recorded bigint;
begin
  if nullif(storage_key, '') is null or nullif(upload, '') is null
     or octet_length(storage_key) > 1024 or octet_length(upload) > 1024 then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = 'An unfinished upload has a key and an id, of 1024 bytes at most.';
  end if;
  if why is null then
    raise exception using
      errcode = 'AU001',
      message = 'Ending an upload needs a reason.',
      hint    = 'Say why, as it shall be read later.';
  end if;
  insert into audit.event (op, new_row, reason)
  values ('ACCESS', jsonb_build_object('what', 'unfinished upload aborted', 'key', storage_key, 'upload', upload), why)
  returning id into recorded;
  return recorded;
end
$$;
comment on function audit.record_upload_abort(text, text, text) is
  'Records that somebody ended an unfinished upload that no document knows, and why. Returns the id of the event.';

alter function audit.record_upload_abort(text, text, text) owner to audit_owner;
revoke all on function audit.record_upload_abort(text, text, text) from public;
grant execute on function audit.record_upload_abort(text, text, text) to viruj_operator, viruj_dba;
