import { type RawBuilder, sql } from 'kysely'
import type { Subject } from '../detail/subject.ts'

/** A sequence; one behind an identity column says so, since it is made with its table. */
export const sequenceStatements = ({ oid, identity }: Subject): RawBuilder<{ statement: string }> => sql`
  select s.statement
    from pg_catalog.pg_sequence q
    join pg_catalog.pg_class c on c.oid = q.seqrelid
    left join pg_catalog.pg_depend d
           on d.objid = q.seqrelid and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i')
          and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0
    left join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid,
 lateral (
    select 1 as step,
           concat(
             case when d.deptype = 'i' then format(E'-- Made with the identity column %s.%I.\n', d.refobjid::regclass, a.attname) end,
             case c.relpersistence when 'u' then 'CREATE UNLOGGED SEQUENCE ' when 't' then 'CREATE TEMPORARY SEQUENCE '
                                   else 'CREATE SEQUENCE ' end,
             format(E'%s AS %s\n  START WITH %s\n  INCREMENT BY %s\n  MINVALUE %s\n  MAXVALUE %s\n  CACHE %s\n  %sCYCLE',
               ${identity}::text, format_type(q.seqtypid, null), q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache,
               case when q.seqcycle then '' else 'NO ' end)) as statement
     union all
    select 2, format('ALTER SEQUENCE %s OWNED BY %s.%I', ${identity}::text, d.refobjid::regclass, a.attname)
     where d.deptype = 'a') s
   where q.seqrelid = ${oid}::oid
   order by s.step`

/** An index by itself; one of a constraint is made by adding that. */
export const indexStatements = ({ oid }: Subject): RawBuilder<{ statement: string }> => sql`
  select coalesce(
           (select format('ALTER TABLE %s ADD CONSTRAINT %I %s', con.conrelid::regclass, con.conname, pg_get_constraintdef(con.oid))
              from pg_catalog.pg_constraint con
             where con.conindid = i.indexrelid and con.conrelid = i.indrelid and con.contype in ('p', 'u', 'x')),
           pg_get_indexdef(i.indexrelid)) as statement
    from pg_catalog.pg_index i
   where i.indexrelid = ${oid}::oid`
