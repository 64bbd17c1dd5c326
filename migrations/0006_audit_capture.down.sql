-- Takes away what records changes. 0008 ended the recording.

revoke usage on schema audit from public;
drop function audit.reconcile(regclass), audit.follow_partitions(), audit.record_ddl(), audit.untrack(regclass), audit.forget_policy(regclass),
  audit.track(regclass, boolean, text[]), audit.take_snapshot(text, text), audit.set_policy(regclass, boolean, text[]),
  audit.refuse_truncate(), audit.make_triggers(), audit.missing_triggers(), audit.write_capture(audit.policy),
  audit.capture_source(audit.policy), audit.row_as_recorded(audit.policy), audit.digest(bytea);
drop table audit.policy, audit.column_policy, audit.digest_key;
