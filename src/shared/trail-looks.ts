import type { TrailCheck } from './audit-check.ts'

/**
 * What is looked at of a recording. Each statement gives a line per problem, `problem`, from the catalogs: by no function of the trail but the
 * generator of its own. With `search_path` pinned to `pg_catalog`.
 */
export const trailLooks: readonly (Omit<TrailCheck, 'problems'> & { sql: string })[] = [
  {
    id: 'triggers',
    title: 'Every recorded table and partition has its triggers, and they always fire',
    severity: 'fault',
    sql: `
      select format('%s: trigger %s %s', tree.relid::regclass, wanted.name,
                    case when t.oid is null then 'is missing' when t.tgenabled = 'D' then 'is disabled'
                         when t.tgenabled::text <> wanted.enabled then 'does not always fire'
                         when f.proname is distinct from wanted.function_name then 'calls another function'
                         else 'fires at some changes only' end) as problem
        from audit.policy p
       cross join lateral (select to_regclass(format('%I.%I', p.schema_name, p.table_name))::oid as relid
                           union select relid from pg_partition_tree(to_regclass(format('%I.%I', p.schema_name, p.table_name)))) tree
        join pg_class c on c.oid = tree.relid
       -- Types as in pg_trigger.h: for each row 1, before 2, insert 4, delete 8, update 16, truncate 32.
       cross join lateral (values ('audit_insert', 'A', 4, p.function_name), ('audit_update', 'A', 16, p.function_name),
                                  ('audit_delete', 'A', 8, p.function_name), ('audit_no_truncate', 'A', 34, 'refuse_truncate'),
                                  ('audit_replicated', 'R', 29, p.function_name)) wanted (name, enabled, type, function_name)
        left join pg_trigger t on t.tgrelid = tree.relid and t.tgname = wanted.name
        left join pg_proc f on f.oid = t.tgfoid and f.pronamespace = 'audit'::regnamespace
       where not (wanted.name = 'audit_replicated' and c.relkind = 'p')
         and (t.oid is null or t.tgenabled::text <> wanted.enabled or f.proname is distinct from wanted.function_name
              or t.tgtype <> wanted.type or t.tgqual is not null or t.tgattr::text <> '')
       union all
      select format('%I.%I is recorded by policy, and is not there', schema_name, table_name)
        from audit.policy where to_regclass(format('%I.%I', schema_name, table_name)) is null
       order by 1`,
  },
  {
    id: 'functions',
    title: 'What records is as it is generated',
    severity: 'fault',
    sql: `
      select format('audit.%I is not what policy and table make of it', p.function_name) as problem
        from audit.policy p
        left join pg_proc f on f.pronamespace = 'audit'::regnamespace and f.proname = p.function_name and f.pronargs = 0
       where to_regclass(format('%I.%I', p.schema_name, p.table_name)) is not null
         and (f.prosrc is distinct from audit.capture_source(p) or not f.prosecdef or f.proowner <> 'audit_owner'::regrole)
       order by 1`,
  },
  {
    id: 'event-triggers',
    title: 'DDL is recorded',
    severity: 'warning',
    sql: `
      select format('event trigger %s %s', wanted.name, case when e.oid is null then 'is missing: a superuser has to create it' else 'does not always fire' end) as problem
        from (values ('audit_ddl'), ('audit_drop'), ('audit_partitions')) wanted (name)
        left join pg_event_trigger e on e.evtname = wanted.name
       where e.evtenabled is distinct from 'A'
       order by 1`,
  },
  {
    id: 'append-only',
    title: 'What was recorded cannot be changed',
    severity: 'fault',
    sql: `
      with kept as (
        select relid as oid, 'event' as base from pg_partition_tree('audit.event')
         union all values ('audit.seal'::regclass, 'seal'), ('audit.seal_part'::regclass, 'seal_part')
         union all select to_regclass('audit.review'), 'review' where to_regclass('audit.review') is not null
         union all select to_regclass('audit.retired'), 'retired' where to_regclass('audit.retired') is not null)
      select format('%s: trigger %s %s', k.oid::regclass, wanted.name,
                    case when t.tgenabled is distinct from 'A' then 'does not always fire' else 'calls another function' end) as problem
        from kept k
       cross join lateral (values (k.base || '_append_only'), (k.base || '_no_truncate')) wanted (name)
        left join pg_trigger t on t.tgrelid = k.oid and t.tgname = wanted.name
       where t.tgenabled is distinct from 'A' or t.tgfoid is distinct from to_regprocedure('audit.refuse_change()')
       union
      select format('%s may %s %s', case a.grantee when 0 then 'everybody' else a.grantee::regrole::text end, lower(a.privilege_type), k.oid::regclass)
        from kept k
        join pg_class c on c.oid = k.oid
        left join pg_attribute column_of on column_of.attrelid = c.oid and column_of.attacl is not null
       cross join lateral (select * from aclexplode(c.relacl) union select * from aclexplode(column_of.attacl)) a
       where a.grantee <> c.relowner and a.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
       order by 1`,
  },
  {
    id: 'months',
    title: 'Months are there for what is to come',
    severity: 'warning',
    sql: `
      select 'the month of next month is missing: without it changes are refused' as problem
       where not exists (
         select from pg_inherits
          where inhparent = 'audit.event'::regclass
            and inhrelid = to_regclass('audit.event_' || to_char(now() at time zone 'UTC' + interval '1 month', 'YYYY_MM')))`,
  },
  {
    id: 'sealing',
    title: 'Sealed within the last five minutes',
    severity: 'warning',
    sql: `
      select case when max(sealed_at) is null then 'nothing was sealed yet'
                  else format('the last seal was made at %s UTC', date_trunc('second', max(sealed_at) at time zone 'UTC')) end as problem
        from audit.seal having max(sealed_at) is null or max(sealed_at) < clock_timestamp() - interval '5 minutes'`,
  },
  {
    id: 'owners',
    title: 'Nobody but viruj_app may act as the owner of the trail',
    severity: 'warning',
    sql: `
      select format('%s is a member of audit_owner', m.member::regrole) as problem
        from pg_auth_members m
       where m.roleid = 'audit_owner'::regrole and m.member::regrole::text <> 'viruj_app'
         and not (select rolsuper from pg_roles where oid = m.member)
       union all
      select format('%s belongs to %s', c.oid::regclass, c.relowner::regrole)
        from pg_class c
       where c.relnamespace = 'audit'::regnamespace and c.relkind in ('r', 'p') and c.relowner <> 'audit_owner'::regrole
       order by 1`,
  },
]
