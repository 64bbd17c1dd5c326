-- Takes away what records access. What was recorded stays.

drop function audit.record_access(text, jsonb, text);
