drop index audit.event_rare_idx;
