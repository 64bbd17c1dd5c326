import { type RawBuilder, sql } from 'kysely'
import type { Fact } from './facts.ts'

/** A time to the second, in UTC and said so. */
const utc = (time: RawBuilder<unknown>) =>
  sql`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')`

/**
 * Facts of tables, views and indexes. The size functions open the relation: a lock that excludes readers blocks them.
 * A partitioned table is as large as its partitions.
 */
export const relationFacts = (oid: string): RawBuilder<Fact> => sql`
  select label, text, bytes
    from pg_catalog.pg_class c
    left join pg_catalog.pg_stat_all_tables s on s.relid = c.oid
   cross join lateral (
           select case
                    when c.relkind in ('r', 'm', 'i') then pg_total_relation_size(c.oid)
                    when c.relkind in ('p', 'I') then
                      (select sum(pg_total_relation_size(t.relid)) from pg_partition_tree(c.oid) t where t.isleaf)::bigint
                  end as total,
                  case when c.relkind in ('r', 'm') then pg_relation_size(c.oid) end as heap,
                  case when c.relkind in ('r', 'm') then pg_indexes_size(c.oid) end as indexes,
                  case when c.reltoastrelid <> 0 then pg_total_relation_size(c.reltoastrelid) end as toast) size,
 lateral (values
    (1, 'Total size', pg_size_pretty(size.total), size.total::float8),
    (2, 'Heap', pg_size_pretty(size.heap), size.heap::float8),
    (3, 'Indexes', pg_size_pretty(size.indexes), size.indexes::float8),
    (4, 'TOAST', pg_size_pretty(size.toast), size.toast::float8),
    (5, 'Estimated rows', case when c.reltuples >= 0 and c.relkind in ('r', 'm', 'p') then c.reltuples::numeric::text end, null),
    (6, 'Live rows', s.n_live_tup::text, null),
    (7, 'Dead rows', s.n_dead_tup::text, null),
    (8, 'Modified since analyze', s.n_mod_since_analyze::text, null),
    (9, 'Sequential scans', s.seq_scan::text, null),
    (10, 'Index scans', s.idx_scan::text, null),
    (11, 'Last vacuum', ${utc(sql`greatest(s.last_vacuum, s.last_autovacuum)`)}, null),
    (12, 'Last analyze', ${utc(sql`greatest(s.last_analyze, s.last_autoanalyze)`)}, null),
    (13, 'Age of the oldest transaction id', case when c.relfrozenxid <> '0' then age(c.relfrozenxid)::text end, null),
    (14, 'Access method', (select am.amname::text from pg_catalog.pg_am am where am.oid = c.relam), null),
    (15, 'Persistence', case c.relpersistence when 'p' then 'permanent' when 'u' then 'unlogged' else 'temporary' end, null),
    (16, 'Tablespace', coalesce((select ts.spcname::text from pg_catalog.pg_tablespace ts where ts.oid = c.reltablespace),
                                case when c.relkind in ('r', 'm', 'i', 'p', 'I') then 'the database''s default' end), null),
    (17, 'Options', array_to_string(c.reloptions, ', '), null),
    (18, 'Row-level security', case when c.relkind in ('r', 'p') then
       case when c.relrowsecurity and c.relforcerowsecurity then 'on, also for the owner'
            when c.relrowsecurity then 'on' else 'off' end end, null),
    (19, 'Replica identity', case when c.relkind in ('r', 'p') then
       case c.relreplident when 'd' then 'default' when 'f' then 'full' when 'n' then 'nothing' else 'index' end end, null),
    (20, 'Partition of', case when c.relispartition then
       (select i.inhparent::regclass::text from pg_catalog.pg_inherits i where i.inhrelid = c.oid) end, null),
    (21, 'Partition bound', pg_get_expr(c.relpartbound, c.oid), null),
    (22, 'Partition key', case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end, null),
    (23, 'Inherits', case when not c.relispartition then
       (select string_agg(i.inhparent::regclass::text, ', ' order by i.inhseqno)
          from pg_catalog.pg_inherits i where i.inhrelid = c.oid) end, null),
    (24, 'Populated', case when c.relkind = 'm' then case when c.relispopulated then 'yes' else 'no' end end, null),
    (25, 'Server', (select sv.srvname::text from pg_catalog.pg_foreign_table ft
                      join pg_catalog.pg_foreign_server sv on sv.oid = ft.ftserver where ft.ftrelid = c.oid), null)
    ) f (place, label, text, bytes)
   where c.oid = ${oid}::oid and text is not null
   order by place`

/** Facts of a sequence; its last value only for who may read it. */
export const sequenceFacts = (oid: string): RawBuilder<Fact> => sql`
  select label, text, null::float8 as bytes
    from pg_catalog.pg_sequence q
    left join pg_catalog.pg_depend d
           on d.objid = q.seqrelid and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i')
          and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0,
 lateral (values
    (1, 'Last value', case when has_sequence_privilege(q.seqrelid, 'usage, select')
                           then coalesce(pg_sequence_last_value(q.seqrelid)::text, 'not used yet') end),
    (2, 'Type', format_type(q.seqtypid, null)),
    (3, 'Increment', q.seqincrement::text),
    (4, 'Minimum', q.seqmin::text),
    (5, 'Maximum', q.seqmax::text),
    (6, 'Start', q.seqstart::text),
    (7, 'Cache', q.seqcache::text),
    (8, 'Cycles', case when q.seqcycle then 'yes' else 'no' end),
    (9, 'Owned by', d.refobjid::regclass || '.' ||
       (select quote_ident(a.attname) from pg_catalog.pg_attribute a where a.attrelid = d.refobjid and a.attnum = d.refobjsubid)))
    f (place, label, text)
   where q.seqrelid = ${oid}::oid and text is not null
   order by place`
