import { columnNames, comment, noMember, ownSchema, relationName, word } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'
import { indexFacts } from './index-facts.ts'

const action = (letter: string): string =>
  word(letter, { a: 'no action', r: 'restrict', c: 'cascade', n: 'set null', d: 'set default' })

const ofForeignKeys = (version: number): string => `
  jsonb_build_object(
    'references',         ${relationName('k.confrelid')} || ' (' || ${columnNames('k.confrelid', 'k.confkey')} || ')',
    'match',              ${word('k.confmatchtype', { s: 'simple', f: 'full', p: 'partial' })},
    'on update',          ${action('k.confupdtype')},
    'on delete',          ${action('k.confdeltype')},
    'on delete columns',  ${version < 150000 ? 'null' : columnNames('k.conrelid', 'k.confdelsetcols', 'any')},
    'period',             ${version < 180000 ? `'false'` : 'k.conperiod::text'})`

const ofIndexes = (version: number): string => `
  (select jsonb_build_object(
            'operators',  (select string_agg(o.oid::regoperator::text, ', ' order by o.place)
                             from unnest(k.conexclop) with ordinality as o (oid, place)),
            'without overlaps', ${version < 180000 ? `'false'` : 'k.conperiod::text'})
          || ${indexFacts(version)}
     from pg_index as x join pg_class as i on i.oid = x.indexrelid where x.indexrelid = k.conindid)`

/** The triggers behind a constraint can be disabled: then it is there, and checks nothing. Null: all fire. */
const firing = `
  (select string_agg(distinct ${word('g.tgenabled', { D: 'disabled', R: 'replica', A: 'always' })}, ', ')
     from pg_trigger as g where g.tgconstraint = k.oid and g.tgenabled <> 'O' and g.tgisinternal)`

/**
 * Checks, keys, exclusions and foreign keys. What a table inherits is its parent's. NOT NULL is a column's, constraint triggers
 * are triggers.
 */
export const constraints: KindReader = (version) => `
  select 'constraint' as kind, format('%I on %I.%I', k.conname, n.nspname, c.relname) as identity,
         format('%I.%I', n.nspname, c.relname) as parent, 'pg_constraint' as catalog, k.oid, 0 as part,
         jsonb_build_object(
           'type',       ${word('k.contype', { c: 'check', p: 'primary key', u: 'unique', x: 'exclude', f: 'foreign key' })},
           'columns',    case when k.contype in ('p', 'u', 'f') then ${columnNames('k.conrelid', 'k.conkey')} end,
           'check',      pg_get_expr(k.conbin, k.conrelid),
           'no inherit', case when k.contype = 'c' then k.connoinherit::text end,
           'deferrable', k.condeferrable::text,
           'initially deferred', k.condeferred::text,
           'valid',      k.convalidated::text,
           'enforced',   ${version < 180000 ? `'true'` : 'k.conenforced::text'},
           'triggers',   ${firing},
           'comment',    ${comment('pg_constraint', 'k.oid')})
           || case k.contype when 'f' then ${ofForeignKeys(version)} when 'c' then '{}' else ${ofIndexes(version)} end as attributes,
         jsonb_build_object('name', quote_ident(k.conname), 'definition', pg_get_constraintdef(k.oid),
                            'index', case when k.contype in ('p', 'u', 'x') then ${relationName('k.conindid')} end) as definition
    from pg_constraint as k
    join pg_class as c on c.oid = k.conrelid
    join pg_namespace as n on n.oid = c.relnamespace
   where k.contype in ('c', 'p', 'u', 'x', 'f') and k.conparentid = 0 and k.coninhcount = 0
     and ${ownSchema('n.nspname')} and ${noMember('pg_class', 'c.oid')}`
