import { columnNames, comment, noMember, ownSchema, relationName, word } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'

export const enabledWords = { O: 'origin', D: 'disabled', R: 'replica', A: 'always' } as const

/** pg_get_expr() refuses OLD and NEW: the condition is cut out of the whole. */
const condition = `case when g.tgqual is not null then
  substring(pg_get_triggerdef(g.oid) from ' FOR EACH (?:ROW|STATEMENT) WHEN \\((.*)\\) EXECUTE FUNCTION ') end`

const events = `concat_ws(' or ',
  case when g.tgtype & 4 <> 0 then 'insert' end,
  case when g.tgtype & 8 <> 0 then 'delete' end,
  case when g.tgtype & 16 <> 0 then 'update' || coalesce(' of ' || ${columnNames('g.tgrelid', 'g.tgattr::int2[]', 'any')}, '') end,
  case when g.tgtype & 32 <> 0 then 'truncate' end)`

/** Arguments stand in one bytea, each with a zero behind it. */
const triggerArguments = `case when g.tgnargs > 0 then
  (select string_agg(quote_literal(convert_from(decode(found[1], 'hex'), getdatabaseencoding())), ', ' order by place)
     from regexp_matches(encode(g.tgargs, 'hex'), '((?:(?!00)..)*)00', 'g') with ordinality as cut (found, place)) end`

/** Triggers of tables and views, with those that a partition has of its parent: each can be disabled by itself. */
export const triggers: KindReader = (version) => `
  select 'trigger' as kind, format('%I on %I.%I', g.tgname, n.nspname, c.relname) as identity,
         format('%I.%I', n.nspname, c.relname) as parent, 'pg_trigger' as catalog, g.oid, 0 as part,
         jsonb_build_object(
           'timing',     case when g.tgtype & 64 <> 0 then 'instead of' when g.tgtype & 2 <> 0 then 'before' else 'after' end,
           'events',     ${events},
           'for each',   case when g.tgtype & 1 <> 0 then 'row' else 'statement' end,
           'when',       ${condition},
           'function',   g.tgfoid::regprocedure::text,
           'arguments',  ${triggerArguments},
           'old table',  quote_ident(g.tgoldtable),
           'new table',  quote_ident(g.tgnewtable),
           'constraint', (g.tgconstraint <> 0)::text,
           'from',       ${relationName('g.tgconstrrelid')},
           'deferrable', g.tgdeferrable::text,
           'initially deferred', g.tginitdeferred::text,
           'enabled',    ${word('g.tgenabled', enabledWords)},
           'inherited',  (g.tgparentid <> 0)::text,
           'comment',    ${comment('pg_trigger', 'g.oid')}) as attributes,
         jsonb_build_object('name', quote_ident(g.tgname), 'definition', pg_get_triggerdef(g.oid)) as definition
    from pg_trigger as g
    join pg_class as c on c.oid = g.tgrelid
    join pg_namespace as n on n.oid = c.relnamespace
   where ${ownSchema('n.nspname')} and ${noMember('pg_class', 'c.oid')} and ${noMember('pg_trigger', 'g.oid')}
     -- Up to 14 those of partitions count as internal, too, and those of foreign keys have no parent.
     and (not g.tgisinternal ${version < 150000 ? 'or g.tgparentid <> 0' : ''})`
