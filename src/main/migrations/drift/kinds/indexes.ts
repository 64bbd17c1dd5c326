import { comment, noMember, ownSchema } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'
import { indexFacts } from './index-facts.ts'

/**
 * Indexes of tables and materialized views. One behind a constraint is the constraint's; one of a partition that belongs to
 * an index of its parent comes and goes with that.
 */
export const indexes: KindReader = (version) => `
  select 'index' as kind, format('%I.%I', n.nspname, i.relname) as identity, format('%I.%I', n.nspname, t.relname) as parent,
         'pg_class' as catalog, i.oid, 0 as part,
         jsonb_build_object('table', format('%I.%I', n.nspname, t.relname), 'unique', x.indisunique::text,
                            'comment', ${comment('pg_class', 'i.oid')})
           || ${indexFacts(version)} as attributes,
         jsonb_build_object('name', quote_ident(i.relname), 'schema', quote_ident(n.nspname),
                            'definition', pg_get_indexdef(i.oid)) as definition
    from pg_index as x
    join pg_class as i on i.oid = x.indexrelid
    join pg_class as t on t.oid = x.indrelid
    join pg_namespace as n on n.oid = t.relnamespace
   where ${ownSchema('n.nspname')} and t.relkind in ('r', 'p', 'm') and not i.relispartition
     and ${noMember('pg_class', 'i.oid')} and ${noMember('pg_class', 't.oid')}
     and not exists (select from pg_constraint as k where k.conindid = i.oid and k.contype in ('p', 'u', 'x'))`
