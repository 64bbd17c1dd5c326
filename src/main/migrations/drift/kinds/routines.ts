import { grants } from '../acl.ts'
import { comment, noMember, options, ownSchema, procedureName, roleName, word } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'

const kind = word('p.prokind', { f: 'function', w: 'function', p: 'procedure', a: 'aggregate' })

const modify = (letter: string): string => word(letter, { r: 'read only', s: 'shareable', w: 'read write' })

const ofAggregates = `
  (select jsonb_build_object(
            'aggregate kind',     ${word('g.aggkind', { n: 'normal', o: 'ordered set', h: 'hypothetical set' })},
            'direct arguments',   g.aggnumdirectargs::text,
            'state function',     ${procedureName('g.aggtransfn')},
            'state type',         format_type(g.aggtranstype, null),
            'state space',        nullif(g.aggtransspace, 0)::text,
            'initial state',      g.agginitval,
            'final function',     ${procedureName('g.aggfinalfn')},
            'final extra',        g.aggfinalextra::text,
            'final modify',       ${modify('g.aggfinalmodify')},
            'combine function',   ${procedureName('g.aggcombinefn')},
            'serialize function', ${procedureName('g.aggserialfn')},
            'deserialize function', ${procedureName('g.aggdeserialfn')},
            'moving state function', ${procedureName('g.aggmtransfn')},
            'moving inverse function', ${procedureName('g.aggminvtransfn')},
            'moving state type',  case when g.aggmtranstype <> 0 then format_type(g.aggmtranstype, null) end,
            'moving state space', nullif(g.aggmtransspace, 0)::text,
            'moving initial state', g.aggminitval,
            'moving final function', ${procedureName('g.aggmfinalfn')},
            'moving final extra', g.aggmfinalextra::text,
            'moving final modify', ${modify('g.aggmfinalmodify')},
            'sort operator',      case when g.aggsortop <> 0 then g.aggsortop::regoperator::text end)
     from pg_aggregate as g where g.aggfnoid = p.oid)`

const ofFunctions = `
  jsonb_build_object(
    'language',         quote_ident(l.lanname),
    'body',             case when p.prosqlbody is null then p.prosrc end,
    'sql body',         pg_get_function_sqlbody(p.oid),
    'library',          p.probin,
    'strict',           p.proisstrict::text,
    'security definer', p.prosecdef::text,
    'leakproof',        p.proleakproof::text,
    'window',           (p.prokind = 'w')::text,
    'cost',             p.procost::text,
    'rows',             nullif(p.prorows, 0)::text,
    'support',          ${procedureName('p.prosupport')},
    'transform for',    (select string_agg(format_type(t, null), ', ') from unnest(p.protrftypes) as t))
  || ${options('p.proconfig', 'set ')}`

/** Functions, procedures and aggregates. */
export const routines: KindReader = () => `
  select ${kind} as kind, p.oid::regprocedure::text as identity, quote_ident(n.nspname) as parent,
         'pg_proc' as catalog, p.oid, 0 as part,
         jsonb_build_object(
           'owner',      ${roleName('p.proowner')},
           'comment',    ${comment('pg_proc', 'p.oid')},
           'arguments',  pg_get_function_arguments(p.oid),
           'returns',    pg_get_function_result(p.oid),
           'volatility', ${word('p.provolatile', { i: 'immutable', s: 'stable', v: 'volatile' })},
           'parallel',   ${word('p.proparallel', { s: 'safe', r: 'restricted', u: 'unsafe' })})
           || case when p.prokind = 'a' then ${ofAggregates} else ${ofFunctions} end
           || ${grants('f', 'p.proacl', 'p.proowner')} as attributes,
         jsonb_build_object('name', quote_ident(p.proname), 'schema', quote_ident(n.nspname),
                            'identity arguments', pg_get_function_identity_arguments(p.oid),
                            'definition', case when p.prokind <> 'a' then pg_get_functiondef(p.oid) end) as definition
    from pg_proc as p
    join pg_namespace as n on n.oid = p.pronamespace
    join pg_language as l on l.oid = p.prolang
   where ${ownSchema('n.nspname')} and ${noMember('pg_proc', 'p.oid')}
     -- What a range type or a multirange makes for itself.
     and not exists (select from pg_depend as d
                      where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')`
