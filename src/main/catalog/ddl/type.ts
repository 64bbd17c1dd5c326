import { type RawBuilder, sql } from 'kysely'
import type { Subject } from '../detail/subject.ts'

/** Collations are named only where they differ from the type's own. */
const collation = (oid: string, standard: string) => sql`
  (select format(' COLLATE %I.%I', cn.nspname, co.collname)
     from pg_catalog.pg_collation co join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
    where co.oid = ${sql.ref(oid)} and ${sql.ref(oid)} <> ${sql.ref(standard)})`

/** A user-defined type of any class with its labels, attributes or constraints, and their comments. */
export const typeStatements = ({ oid, identity }: Subject): RawBuilder<{ statement: string }> => sql`
  select s.statement
    from pg_catalog.pg_type t
    left join pg_catalog.pg_range r on r.rngtypid = t.oid
    left join pg_catalog.pg_type base on base.oid = coalesce(r.rngsubtype, nullif(t.typbasetype, 0)),
 lateral (
    select 1 as step, '' as name,
           format('CREATE TYPE %s AS ENUM (%s)', ${identity}::text,
             (select string_agg(E'\n  ' || quote_literal(e.enumlabel), ',' order by e.enumsortorder)
                from pg_catalog.pg_enum e where e.enumtypid = t.oid) || E'\n') as statement
     where t.typtype = 'e'
     union all
    select 1, '',
           format('CREATE TYPE %s AS (%s)', ${identity}::text,
             (select string_agg(format(E'\n  %I %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                                       ${collation('a.attcollation', 'at.typcollation')}), ',' order by a.attnum) || E'\n'
                from pg_catalog.pg_attribute a join pg_catalog.pg_type at on at.oid = a.atttypid
               where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped))
     where t.typtype = 'c'
     union all
    select 2, a.attname,
           format('COMMENT ON COLUMN %s.%I IS %L', ${identity}::text, a.attname, col_description(t.typrelid, a.attnum))
      from pg_catalog.pg_attribute a
     where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and col_description(t.typrelid, a.attnum) is not null
     union all
    select 1, '',
           format(E'CREATE TYPE %s AS RANGE (\n  %s\n)', ${identity}::text,
             concat_ws(E',\n  ',
               'SUBTYPE = ' || format_type(r.rngsubtype, null),
               (select format('SUBTYPE_OPCLASS = %I.%I', n.nspname, o.opcname)
                  from pg_catalog.pg_opclass o join pg_catalog.pg_namespace n on n.oid = o.opcnamespace
                 where o.oid = r.rngsubopc and not o.opcdefault),
               (select format('COLLATION = %I.%I', n.nspname, co.collname)
                  from pg_catalog.pg_collation co join pg_catalog.pg_namespace n on n.oid = co.collnamespace
                 where co.oid = r.rngcollation and r.rngcollation <> base.typcollation),
               'CANONICAL = ' || nullif(r.rngcanonical::oid, 0)::regproc,
               'SUBTYPE_DIFF = ' || nullif(r.rngsubdiff::oid, 0)::regproc,
               'MULTIRANGE_TYPE_NAME = ' || nullif(to_jsonb(r) ->> 'rngmultitypid', '0')::oid::regtype))
     where t.typtype = 'r'
     union all
    select 1, '',
           concat('CREATE DOMAIN ', ${identity}::text, ' AS ', format_type(t.typbasetype, t.typtypmod),
             ${collation('t.typcollation', 'base.typcollation')},
             ' DEFAULT ' || t.typdefault,
             case when t.typnotnull then ' NOT NULL' end,
             (select string_agg(format(E'\n  CONSTRAINT %I %s', con.conname, pg_get_constraintdef(con.oid)), '' order by con.conname)
                from pg_catalog.pg_constraint con
               where con.contypid = t.oid and con.contype = 'c' and con.convalidated))
     where t.typtype = 'd'
     union all
    select 2, con.conname,
           format('ALTER DOMAIN %s ADD CONSTRAINT %I %s', ${identity}::text, con.conname, pg_get_constraintdef(con.oid))
      from pg_catalog.pg_constraint con
     where con.contypid = t.oid and con.contype = 'c' and not con.convalidated
     union all
    select 3, con.conname,
           format('COMMENT ON CONSTRAINT %I ON DOMAIN %s IS %L', con.conname, ${identity}::text,
                  obj_description(con.oid, 'pg_constraint'))
      from pg_catalog.pg_constraint con
     where con.contypid = t.oid and t.typtype = 'd' and obj_description(con.oid, 'pg_constraint') is not null
     union all
    select 1, '',
           format(E'CREATE TYPE %s (\n  %s\n)', ${identity}::text,
             concat_ws(E',\n  ',
               'INPUT = ' || t.typinput,
               'OUTPUT = ' || t.typoutput,
               'RECEIVE = ' || nullif(t.typreceive::oid, 0)::regproc,
               'SEND = ' || nullif(t.typsend::oid, 0)::regproc,
               'TYPMOD_IN = ' || nullif(t.typmodin::oid, 0)::regproc,
               'TYPMOD_OUT = ' || nullif(t.typmodout::oid, 0)::regproc,
               'INTERNALLENGTH = ' || case when t.typlen < 0 then 'VARIABLE' else t.typlen::text end,
               case when t.typbyval then 'PASSEDBYVALUE' end,
               'ALIGNMENT = ' || case t.typalign when 'c' then 'char' when 's' then 'int2' when 'i' then 'int4' else 'double' end,
               'STORAGE = ' || case t.typstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end,
               'CATEGORY = ' || quote_literal(t.typcategory::text),
               case when t.typispreferred then 'PREFERRED = true' end,
               'DEFAULT = ' || quote_literal(t.typdefault),
               'ELEMENT = ' || case when t.typelem <> 0 then format_type(t.typelem, null) end,
               'DELIMITER = ' || quote_literal(t.typdelim::text),
               case when t.typcollation <> 0 then 'COLLATABLE = true' end))
     where t.typtype = 'b') s
   where t.oid = ${oid}::oid
   order by s.step, s.name`
