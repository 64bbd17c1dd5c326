-- Changes of the schema, access and notes are rare among changes of rows, and were looked for among all of them. An index over these alone
-- takes no entry from what is recorded most.
create index event_rare_idx on audit.event (op, ts, id) where op <> all ('{INSERT,UPDATE,DELETE,SNAPSHOT}'::text[]);
