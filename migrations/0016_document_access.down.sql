-- What was recorded stays.

drop function audit.record_document_access(bigint, text, jsonb, text);
