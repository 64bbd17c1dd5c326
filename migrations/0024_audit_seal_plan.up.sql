-- Where a month has no statistics yet, the planner took what a seal covers for a few rows and read all of the month for them: each seal took longer
-- than the one before it. The index over transactions finds them whatever is known of the table.
alter function audit.seal_parts(audit.seal, audit.seal, boolean) set enable_seqscan = 'off';
