import { type RawBuilder, sql } from 'kysely'
import type { CatalogDetail } from '../../../shared/catalog.ts'
import type { Scripted } from './part.ts'
import type { Subject } from './subject.ts'

export type ColumnRow = CatalogDetail['columns'][number] & Scripted

/**
 * The columns of a relation in their order. A line of CREATE TABLE is null for what comes from a parent; a partition
 * has all of its lines, since it is made as a table of its own and then attached.
 * What only newer servers have (`attcompression` 14, virtual columns and named NOT NULL 18) is read as jsonb, which is
 * null where there is no such column.
 */
export const columnsOf = ({ oid, identity, word }: Subject): RawBuilder<ColumnRow> => sql`
  select a.attnum::int as "number",
         a.attname::text as "name",
         typed.name as "type",
         a.attnotnull as "notNull",
         def.expression as "defaultExpression",
         case a.attidentity when 'a' then 'always' when 'd' then 'by default' end as "identity",
         case a.attgenerated when 's' then 'stored' when 'v' then 'virtual' end as "generated",
         coll.name as "collation",
         d.description as "comment",
         s.null_frac::float8 as "nullFraction",
         s.n_distinct::float8 as "distinct",
         case
           when c.reloftype <> 0 then
             nullif(concat_ws(' ', quote_ident(a.attname) || ' WITH OPTIONS', def.clause, not_null.clause),
                    quote_ident(a.attname) || ' WITH OPTIONS')
           when a.attislocal or c.relispartition then
             concat_ws(' ', quote_ident(a.attname), typed.name, modern.compression, modern.options, 'COLLATE ' || coll.name,
                       def.clause, not_null.clause)
         end as "inline",
         array_remove(array[
           case when a.attislocal or c.relispartition or c.reloftype <> 0 then null
                when def.expression is null and parent.has_default
                  then format('%s ALTER COLUMN %I DROP DEFAULT', only_this, a.attname)
                when a.attgenerated = '' and def.expression is distinct from parent.expression
                  then format('%s ALTER COLUMN %I SET DEFAULT %s', only_this, a.attname, def.expression) end,
           case when not_null.clause is not null and not coalesce(parent.not_null, true)
                  then format('%s ALTER COLUMN %I SET NOT NULL', only_this, a.attname) end,
           case when c.relkind = 'v' and def.expression is not null
                  then format('%s ALTER COLUMN %I SET DEFAULT %s', only_this, a.attname, def.expression) end,
           case when a.attstorage <> t.typstorage and c.relkind in ('r', 'p', 'm', 'f')
                  then format('%s ALTER COLUMN %I SET STORAGE %s', only_this, a.attname,
                    case a.attstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' else 'EXTENDED' end) end,
           case when a.attstattarget >= 0
                  then format('%s ALTER COLUMN %I SET STATISTICS %s', only_this, a.attname, a.attstattarget) end,
           case when options.chosen is not null
                  then format('%s ALTER COLUMN %I SET (%s)', only_this, a.attname, options.chosen) end,
           case when d.description is not null
                  then format('COMMENT ON COLUMN %s.%I IS %L', ${identity}::text, a.attname, d.description) end
         ], null) as "statements"
    from pg_catalog.pg_class c
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_catalog.pg_type t on t.oid = a.atttypid
   cross join lateral (select format_type(a.atttypid, a.atttypmod) as name) typed
   cross join lateral (select ${`ALTER ${word}`}::text
                              || case when c.relkind in ('r', 'f') then ' ONLY ' else ' ' end
                              || ${identity}::text as only_this) this
   cross join lateral (
           -- Set by the server itself (seen in 15.20), not to be changed by SQL; pg_dump leaves it out as well.
           select string_agg(option, ', ' order by option) as chosen
             from unnest(a.attoptions) o (option) where option not like 'pg\\_attver=%') options
    left join lateral (
           select format('%I.%I', cn.nspname, co.collname) as name
             from pg_catalog.pg_collation co join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
            where co.oid = a.attcollation and a.attcollation <> t.typcollation) coll on true
   cross join lateral (
           select 'COMPRESSION ' || case to_jsonb(a) ->> 'attcompression' when 'p' then 'pglz' when 'l' then 'lz4' end
                    as compression,
                  'OPTIONS (' || (select string_agg(format('%I %L', option_name, option_value), ', ')
                                    from pg_options_to_table(a.attfdwoptions)) || ')' as options) modern
    left join pg_catalog.pg_attrdef ad on ad.adrelid = c.oid and ad.adnum = a.attnum
   cross join lateral (
           -- With the relation this costs the square of its columns. Only generated columns name others; offset 0: once each.
           select pg_get_expr(ad.adbin, case a.attgenerated when '' then 0 else ad.adrelid end) as text offset 0) expr
   cross join lateral (
           select expr.text as expression,
                  case
                    when a.attgenerated = 's' then format('GENERATED ALWAYS AS (%s) STORED', expr.text)
                    when a.attgenerated = 'v' then format('GENERATED ALWAYS AS (%s) VIRTUAL', expr.text)
                    when a.attidentity <> '' and not c.relispartition then (
                      select format('GENERATED %s AS IDENTITY (SEQUENCE NAME %I.%I START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s)',
                               case a.attidentity when 'a' then 'ALWAYS' else 'BY DEFAULT' end, sn.nspname, sc.relname,
                               q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache,
                               case when q.seqcycle then ' CYCLE' else '' end)
                        from pg_catalog.pg_depend dep
                        join pg_catalog.pg_sequence q on q.seqrelid = dep.objid
                        join pg_catalog.pg_class sc on sc.oid = q.seqrelid
                        join pg_catalog.pg_namespace sn on sn.oid = sc.relnamespace
                       where dep.refclassid = 'pg_catalog.pg_class'::regclass and dep.refobjid = c.oid
                         and dep.refobjsubid = a.attnum and dep.classid = 'pg_catalog.pg_class'::regclass and dep.deptype = 'i')
                    else 'DEFAULT ' || expr.text
                  end as clause) def
    left join pg_catalog.pg_constraint nn on nn.conrelid = c.oid and nn.contype = 'n' and nn.conkey = array[a.attnum]
   cross join lateral (
           select case when a.attnotnull and coalesce(nn.convalidated, true) then
                    concat('CONSTRAINT ' || quote_ident(nullif(nn.conname, left(c.relname || '_' || a.attname || '_not_null', 63))) || ' ',
                           'NOT NULL', case when nn.connoinherit then ' NO INHERIT' end) end as clause) not_null
    left join lateral (
           select bool_or(pa.attnotnull) as not_null,
                  bool_or(pa.atthasdef) as has_default,
                  max(pg_get_expr(pd.adbin, case pa.attgenerated when '' then 0 else pd.adrelid end)) as expression
             from pg_catalog.pg_inherits i
             join pg_catalog.pg_attribute pa on pa.attrelid = i.inhparent and pa.attname = a.attname
             left join pg_catalog.pg_attrdef pd on pd.adrelid = pa.attrelid and pd.adnum = pa.attnum
            where i.inhrelid = c.oid and not a.attislocal and not c.relispartition) parent on true
    left join pg_catalog.pg_description d
           on d.objoid = c.oid and d.classoid = 'pg_catalog.pg_class'::regclass and d.objsubid = a.attnum
    left join (
           select distinct on (attname) attname, null_frac, n_distinct
             from pg_catalog.pg_stats
            where schemaname = (select nspname from pg_catalog.pg_namespace join pg_catalog.pg_class
                                    on pg_class.relnamespace = pg_namespace.oid where pg_class.oid = ${oid}::oid)
              and tablename = (select relname from pg_catalog.pg_class where oid = ${oid}::oid)
            order by attname, inherited desc) s on s.attname = a.attname
   where c.oid = ${oid}::oid and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c')
   order by a.attnum`
