-- Takes waivers of findings away. What was recorded of them stays.

select audit.untrack('ops.finding_waiver');
drop table ops.finding_waiver;
