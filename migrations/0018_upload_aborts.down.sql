-- What was recorded stays.

drop function audit.record_upload_abort(text, text, text);
