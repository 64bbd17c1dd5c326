-- Who took a document out: a link that works for whoever has it, or a copy. Stands in the history of the document itself.

create function audit.record_document_access(document bigint, what text, scope jsonb, reason text) returns bigint
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  why      constant text := nullif(btrim(record_document_access.reason), '');
  recorded bigint;
begin
  if document is null or what not in ('document link', 'document download') or what is null
     or jsonb_typeof(scope) is distinct from 'object' then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = 'Access to a document is a "document link" or a "document download", with its scope as a JSON object.';
  end if;
  -- A copy stays with who took it; a link goes further.
  if why is null and what = 'document link' then
    raise exception using
      errcode = 'AU001',
      message = 'A link to a document needs a reason.',
      hint    = 'Say why, as it shall be read later.';
  end if;
  insert into audit.event (op, schema_name, table_name, row_pk, new_row, reason)
  values ('ACCESS', 'public', 'documents', document::text, scope || jsonb_build_object('what', what), why)
  returning id into recorded;
  return recorded;
end
$$;
comment on function audit.record_document_access(bigint, text, jsonb, text) is
  'Records that somebody made a link to a document, and why, or took a copy of it. Returns the id of the event.';

alter function audit.record_document_access(bigint, text, jsonb, text) owner to audit_owner;
revoke all on function audit.record_document_access(bigint, text, jsonb, text) from public;
grant execute on function audit.record_document_access(bigint, text, jsonb, text) to viruj_operator, viruj_reviewer, viruj_dba;
