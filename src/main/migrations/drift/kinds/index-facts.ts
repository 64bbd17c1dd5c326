import { accessMethod, options, tablespaceName } from '../fragments.ts'

/** Options of an operator class in an index, as CREATE INDEX has them. */
const classOptions = `
  (select ' (' || string_agg(o, ', ' order by o) || ')'
     from pg_attribute as v, unnest(v.attoptions) as o where v.attrelid = x.indexrelid and v.attnum = k.n)`

/** What is indexed: columns and expressions with the collation, operator class and order that are not the type's own. */
const keys = `
  (select string_agg(
            pg_get_indexdef(x.indexrelid, k.n, false)
              || case when x.indcollation[k.n - 1] in (0, 100) then ''
                      else (select format(' COLLATE %I.%I', cn.nspname, co.collname)
                              from pg_collation as co join pg_namespace as cn on cn.oid = co.collnamespace
                             where co.oid = x.indcollation[k.n - 1]) end
              || case when u.opcdefault and ${classOptions} is null then '' else format(' %I.%I', un.nspname, u.opcname) end
              || coalesce(${classOptions}, '')
              || case when x.indoption[k.n - 1] & 1 = 1 then ' DESC' else '' end
              || case x.indoption[k.n - 1] & 3 when 2 then ' NULLS FIRST' when 1 then ' NULLS LAST' else '' end,
            ', ' order by k.n)
     from generate_series(1, x.indnkeyatts::int) as k (n)
     join pg_opclass as u on u.oid = x.indclass[k.n - 1]
     join pg_namespace as un on un.oid = u.opcnamespace)`

const included = `
  (select string_agg(pg_get_indexdef(x.indexrelid, k.n, false), ', ' order by k.n)
     from generate_series(x.indnkeyatts + 1, x.indnatts::int) as k (n))`

/** Targets of the statistics that are kept for expressions: `2: 500`. */
const statistics = `
  (select string_agg(format('%s: %s', a.attnum, a.attstattarget), ', ' order by a.attnum)
     from pg_attribute as a where a.attrelid = x.indexrelid and a.attstattarget >= 0)`

/** What pg_index `x` and pg_class `i` say of an index, also of one behind a constraint, as jsonb. */
export const indexFacts = (version: number): string => `
  jsonb_build_object(
    'method',             ${accessMethod('i.relam')},
    'keys',               ${keys},
    'include',            ${included},
    'where',              pg_get_expr(x.indpred, x.indrelid),
    'nulls not distinct', ${version < 150000 ? `'false'` : 'x.indnullsnotdistinct::text'},
    'index valid',        x.indisvalid::text,
    'tablespace',         ${tablespaceName('i.reltablespace')},
    'clustered on',       x.indisclustered::text,
    'statistics',         ${statistics})
  || ${options('i.reloptions')}`
