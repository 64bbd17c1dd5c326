import { type RawBuilder, sql } from 'kysely'
import type { Scripted } from '../detail/part.ts'
import type { Read, Subject } from '../detail/subject.ts'
import { statementsOf } from './script.ts'

const create = ({ oid, word, identity }: Subject): RawBuilder<{ statement: string }> => sql`
  select concat_ws(' ',
           case c.relpersistence when 't' then 'CREATE TEMPORARY' else 'CREATE' end, ${word}::text, ${identity}::text,
           'USING ' || (select quote_ident(am.amname) from pg_catalog.pg_am am
                         where am.oid = c.relam and am.amname <> current_setting('default_table_access_method')),
           'WITH (' || array_to_string(c.reloptions, ', ') || ')',
           'TABLESPACE ' || (select quote_ident(ts.spcname) from pg_catalog.pg_tablespace ts where ts.oid = c.reltablespace),
           E'AS\n' || rtrim(pg_get_viewdef(c.oid), ';'))
         || case when c.relkind = 'm' and not c.relispopulated then E'\nWITH NO DATA' else '' end as statement
    from pg_catalog.pg_class c
   where c.oid = ${oid}::oid`

const rules = ({ oid }: Subject): RawBuilder<{ statement: string }> => sql`
  select pg_get_ruledef(r.oid) as statement
    from pg_catalog.pg_rewrite r
   where r.ev_class = ${oid}::oid and r.rulename <> '_RETURN'
   order by r.rulename`

/** A view or materialized view with the defaults, comments, indexes, triggers and rules on it. */
export const viewStatements = async (
  read: Read,
  subject: Subject,
  parts: { columns: readonly Scripted[]; indexes: readonly Scripted[]; triggers: readonly Scripted[] },
): Promise<string[]> => [
  ...(await statementsOf(read, create(subject))),
  ...[...parts.columns, ...parts.indexes, ...parts.triggers].flatMap(({ statements }) => statements),
  ...(await statementsOf(read, rules(subject))),
]
