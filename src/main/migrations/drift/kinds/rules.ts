import { comment, noMember, ownSchema, word } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'
import { enabledWords } from './triggers.ts'

/** Rewrite rules, without those that make a view. */
export const rules: KindReader = () => `
  select 'rule' as kind, format('%I on %I.%I', r.rulename, n.nspname, c.relname) as identity,
         format('%I.%I', n.nspname, c.relname) as parent, 'pg_rewrite' as catalog, r.oid, 0 as part,
         jsonb_build_object(
           'definition', rtrim(pg_get_ruledef(r.oid), ';'),
           'enabled',    ${word('r.ev_enabled', enabledWords)},
           'comment',    ${comment('pg_rewrite', 'r.oid')}) as attributes,
         jsonb_build_object('name', quote_ident(r.rulename), 'definition', rtrim(pg_get_ruledef(r.oid), ';')) as definition
    from pg_rewrite as r
    join pg_class as c on c.oid = r.ev_class
    join pg_namespace as n on n.oid = c.relnamespace
   where r.rulename <> '_RETURN' and ${ownSchema('n.nspname')} and ${noMember('pg_class', 'c.oid')}`
