import { type RawBuilder, sql } from 'kysely'
import type { Scripted } from '../detail/part.ts'
import type { Read, Subject } from '../detail/subject.ts'
import { statementsOf } from './script.ts'

type TableFrame = {
  create: string
  /** What stands behind the columns: INHERITS, PARTITION BY, USING, WITH, TABLESPACE, SERVER. */
  tail: string
  attach: string | null
  isTyped: boolean
}

/** What surrounds the columns. A foreign table has a server, all else may have a storage. */
const frame = ({ oid, identity }: Subject): RawBuilder<TableFrame> => sql`
  select concat_ws(' ',
           'CREATE',
           case c.relpersistence when 'u' then 'UNLOGGED' when 't' then 'TEMPORARY' end,
           case c.relkind when 'f' then 'FOREIGN' end,
           'TABLE', ${identity}::text,
           'OF ' || case when c.reloftype <> 0 then format_type(c.reloftype, null) end) as "create",
         concat_ws(E'\n',
           case when not c.relispartition then
             'INHERITS (' || (select string_agg(i.inhparent::regclass::text, ', ' order by i.inhseqno)
                                from pg_catalog.pg_inherits i where i.inhrelid = c.oid) || ')' end,
           'PARTITION BY ' || case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
           'USING ' || (select quote_ident(am.amname) from pg_catalog.pg_am am
                         where am.oid = c.relam and am.amname <> current_setting('default_table_access_method')),
           'WITH (' || nullif(concat_ws(', ', array_to_string(c.reloptions, ', '),
              (select string_agg('toast.' || o.option, ', ')
                 from pg_catalog.pg_class toast, unnest(toast.reloptions) o (option) where toast.oid = c.reltoastrelid)), '')
             || ')',
           'TABLESPACE ' || (select quote_ident(ts.spcname) from pg_catalog.pg_tablespace ts where ts.oid = c.reltablespace),
           (select 'SERVER ' || quote_ident(sv.srvname)
                   || coalesce(' OPTIONS (' || (select string_agg(format('%I %L', option_name, option_value), ', ')
                                                  from pg_options_to_table(ft.ftoptions)) || ')', '')
              from pg_catalog.pg_foreign_table ft join pg_catalog.pg_foreign_server sv on sv.oid = ft.ftserver
             where ft.ftrelid = c.oid)) as "tail",
         case when c.relispartition then
           (select format('ALTER TABLE %s ATTACH PARTITION %s %s', i.inhparent::regclass, ${identity}::text,
                          pg_get_expr(c.relpartbound, c.oid))
              from pg_catalog.pg_inherits i where i.inhrelid = c.oid) end as "attach",
         c.reloftype <> 0 as "isTyped"
    from pg_catalog.pg_class c
   where c.oid = ${oid}::oid`

/** Sequences that a column owns and takes its default from: made before the table, given to it afterwards. */
const ownedSequences = ({ oid }: Subject): RawBuilder<{ create: string; own: string }> => sql`
  select format('CREATE %sSEQUENCE %I.%I AS %s START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s',
           case s.relpersistence when 'u' then 'UNLOGGED ' else '' end, n.nspname, s.relname, format_type(q.seqtypid, null),
           q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache,
           case when q.seqcycle then ' CYCLE' else '' end) as "create",
         format('ALTER SEQUENCE %I.%I OWNED BY %s.%I', n.nspname, s.relname, d.refobjid::regclass, a.attname) as "own"
    from pg_catalog.pg_depend d
    join pg_catalog.pg_sequence q on q.seqrelid = d.objid
    join pg_catalog.pg_class s on s.oid = q.seqrelid
    join pg_catalog.pg_namespace n on n.oid = s.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
   where d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = ${oid}::oid
     and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype = 'a'
   order by n.nspname, s.relname`

/** Extended statistics, rules, row-level security and replica identity: what no list of the page holds. */
const remainder = ({ oid, identity }: Subject): RawBuilder<{ statement: string }> => sql`
  select statement from (
    select 1 as step, x.stxname as name, pg_get_statisticsobjdef(x.oid) as statement
      from pg_catalog.pg_statistic_ext x where x.stxrelid = ${oid}::oid
    union all
    select 2, r.rulename, pg_get_ruledef(r.oid)
      from pg_catalog.pg_rewrite r where r.ev_class = ${oid}::oid and r.rulename <> '_RETURN'
    union all
    select 3, '', format('ALTER TABLE %s %s', ${identity}::text, s.action)
      from pg_catalog.pg_class c,
           unnest(array[case when c.relrowsecurity then 'ENABLE ROW LEVEL SECURITY' end,
                        case when c.relforcerowsecurity then 'FORCE ROW LEVEL SECURITY' end,
                        case when c.relkind = 'f' then null when c.relreplident = 'f' then 'REPLICA IDENTITY FULL'
                             when c.relreplident = 'n' then 'REPLICA IDENTITY NOTHING' end])
             s (action)
     where c.oid = ${oid}::oid and s.action is not null) statements
   order by step, name, statement`

export type TableParts = {
  columns: readonly Scripted[]
  constraints: readonly Scripted[]
  indexes: readonly Scripted[]
  triggers: readonly Scripted[]
  policies: readonly Scripted[]
}

const following = (parts: readonly Scripted[]) => parts.flatMap(({ statements }) => statements)

/** A table with all that belongs to it. A partition is made whole and then attached, so that its names stay its own. */
export const tableStatements = async (read: Read, subject: Subject, parts: TableParts): Promise<string[]> => {
  const [frames, sequences, rest] = await Promise.all([
    read(frame(subject)),
    read(ownedSequences(subject)),
    statementsOf(read, remainder(subject)),
  ])
  return frames.flatMap(({ create, tail, attach, isTyped }) => {
    const lines = [...parts.columns, ...parts.constraints].flatMap(({ inline }) =>
      inline === null ? [] : [`  ${inline}`],
    )
    const body = lines.length === 0 ? (isTyped ? '' : ' ()') : ` (\n${lines.join(',\n')}\n)`
    return [
      ...sequences.map((sequence) => sequence.create),
      `${create}${body}${tail === '' ? '' : `\n${tail}`}`,
      ...sequences.map(({ own }) => own),
      ...following(parts.columns),
      ...following(parts.indexes),
      ...following(parts.constraints),
      ...(attach === null ? [] : [attach]),
      ...following(parts.triggers),
      ...rest,
      ...following(parts.policies),
    ]
  })
}
