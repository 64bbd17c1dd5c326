import { type RawBuilder, sql } from 'kysely'
import type { Subject } from '../detail/subject.ts'

/** A function or procedure: the server deparses it whole. */
export const routineStatements = ({ oid }: Subject): RawBuilder<{ statement: string }> =>
  sql`select pg_get_functiondef(oid) as statement from pg_catalog.pg_proc where oid = ${oid}::oid`

/** An aggregate: the server deparses its arguments only. Moving-aggregate parts follow the plain ones. */
export const aggregateStatements = ({ oid }: Subject): RawBuilder<{ statement: string }> => sql`
  select format(E'CREATE AGGREGATE %I.%I(%s) (\n  %s\n)', n.nspname, p.proname,
           case when p.pronargs = 0 then '*' else pg_get_function_arguments(p.oid) end,
           concat_ws(E',\n  ',
             'SFUNC = ' || a.aggtransfn,
             'STYPE = ' || format_type(a.aggtranstype, null),
             'SSPACE = ' || nullif(a.aggtransspace, 0),
             'FINALFUNC = ' || nullif(a.aggfinalfn::oid, 0)::regproc,
             case when a.aggfinalextra then 'FINALFUNC_EXTRA' end,
             case when a.aggfinalfn::oid <> 0 then 'FINALFUNC_MODIFY = ' || modify.plain end,
             'COMBINEFUNC = ' || nullif(a.aggcombinefn::oid, 0)::regproc,
             'SERIALFUNC = ' || nullif(a.aggserialfn::oid, 0)::regproc,
             'DESERIALFUNC = ' || nullif(a.aggdeserialfn::oid, 0)::regproc,
             'INITCOND = ' || quote_literal(a.agginitval),
             'MSFUNC = ' || nullif(a.aggmtransfn::oid, 0)::regproc,
             'MINVFUNC = ' || nullif(a.aggminvtransfn::oid, 0)::regproc,
             'MSTYPE = ' || case when a.aggmtranstype <> 0 then format_type(a.aggmtranstype, null) end,
             'MSSPACE = ' || nullif(a.aggmtransspace, 0),
             'MFINALFUNC = ' || nullif(a.aggmfinalfn::oid, 0)::regproc,
             case when a.aggmfinalextra then 'MFINALFUNC_EXTRA' end,
             case when a.aggmfinalfn::oid <> 0 then 'MFINALFUNC_MODIFY = ' || modify.moving end,
             'MINITCOND = ' || quote_literal(a.aggminitval),
             'SORTOP = ' || (select format('OPERATOR(%I.%s)', sn.nspname, o.oprname)
                               from pg_catalog.pg_operator o join pg_catalog.pg_namespace sn on sn.oid = o.oprnamespace
                              where o.oid = a.aggsortop),
             case p.proparallel when 's' then 'PARALLEL = SAFE' when 'r' then 'PARALLEL = RESTRICTED' end,
             case when a.aggkind = 'h' then 'HYPOTHETICAL' end)) as statement
    from pg_catalog.pg_aggregate a
    join pg_catalog.pg_proc p on p.oid = a.aggfnoid
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace
   cross join lateral (
           select case a.aggfinalmodify when 'r' then 'READ_ONLY' when 's' then 'SHAREABLE' else 'READ_WRITE' end as plain,
                  case a.aggmfinalmodify when 'r' then 'READ_ONLY' when 's' then 'SHAREABLE' else 'READ_WRITE' end as moving
         ) modify
   where a.aggfnoid = ${oid}::oid`
