-- Takes runs and reviews away. What was recorded of them stays.

select audit.untrack('ops.backup_review'), audit.untrack('ops.runbook_run');
drop table ops.backup_review;
drop table ops.runbook_run;
drop function ops.guard_runbook_run();
