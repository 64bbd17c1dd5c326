-- What the screens of the log need at tens of millions of events.

-- What one person did, the newest first, and who was never there before.
create index event_actor_idx on audit.event (actor, ts, id);

-- A view whose function may not run in a worker is never read by several, not even where nobody asks for its column.
alter function audit.masked(jsonb, jsonb) parallel safe;

-- Most tables have no policy: what is not masked need not go through the function, which took most of a page's time.
create or replace view public.audit_logs as
  select e.id, e.sysid, e.xid, e.ts, e.tx_ts, e.op, e.schema_name, e.table_name, e.row_pk,
         case when p.shown is null then e.old_row else audit.masked(e.old_row, p.shown) end as old_row,
         case when p.shown is null then e.new_row else audit.masked(e.new_row, p.shown) end as new_row,
         e.actor, e.acting_role, e.backend_pid, e.client_addr, e.app, e.reason
    from audit.event e
   cross join lateral (select (select jsonb_object_agg(column_name, shown) from audit.column_policy c
                                where c.schema_name = e.schema_name and c.table_name = e.table_name) as shown) p;
