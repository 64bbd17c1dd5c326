create or replace view public.audit_logs as
  select e.id, e.sysid, e.xid, e.ts, e.tx_ts, e.op, e.schema_name, e.table_name, e.row_pk,
         audit.masked(e.old_row, p.shown) as old_row,
         audit.masked(e.new_row, p.shown) as new_row,
         e.actor, e.acting_role, e.backend_pid, e.client_addr, e.app, e.reason
    from audit.event e
   cross join lateral (select (select jsonb_object_agg(column_name, shown) from audit.column_policy c
                                where c.schema_name = e.schema_name and c.table_name = e.table_name) as shown) p;

alter function audit.masked(jsonb, jsonb) parallel unsafe;

drop index audit.event_actor_idx;
