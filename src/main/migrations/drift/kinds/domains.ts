import { grants } from '../acl.ts'
import { collationName, comment, noMember, ownSchema, roleName } from '../fragments.ts'
import type { KindReader } from '../kind-reader.ts'

/** Domains and, each by itself, their checks. */
export const domains: KindReader = () => `
  select 'domain' as kind, format('%I.%I', n.nspname, t.typname) as identity, quote_ident(n.nspname) as parent,
         'pg_type' as catalog, t.oid, 0 as part,
         jsonb_build_object(
           'owner',     ${roleName('t.typowner')},
           'comment',   ${comment('pg_type', 't.oid')},
           'type',      format_type(t.typbasetype, t.typtypmod),
           'collation', case when t.typcollation <> b.typcollation then ${collationName('t.typcollation')} end,
           'not null',  t.typnotnull::text,
           'default',   pg_get_expr(t.typdefaultbin, 0))
           || ${grants('T', 't.typacl', 't.typowner')} as attributes,
         jsonb_build_object('name', quote_ident(t.typname), 'schema', quote_ident(n.nspname)) as definition
    from pg_type as t
    join pg_type as b on b.oid = t.typbasetype
    join pg_namespace as n on n.oid = t.typnamespace
   where t.typtype = 'd' and ${ownSchema('n.nspname')} and ${noMember('pg_type', 't.oid')}
  union all
  select 'domain constraint', format('%I on %I.%I', k.conname, n.nspname, t.typname), format('%I.%I', n.nspname, t.typname),
         'pg_constraint', k.oid, 0,
         jsonb_build_object(
           'check',   pg_get_expr(k.conbin, 0),
           'valid',   k.convalidated::text,
           'comment', ${comment('pg_constraint', 'k.oid')}),
         jsonb_build_object('name', quote_ident(k.conname), 'definition', pg_get_constraintdef(k.oid))
    from pg_constraint as k
    join pg_type as t on t.oid = k.contypid
    join pg_namespace as n on n.oid = t.typnamespace
   -- From 17 on NOT NULL is a constraint, too: it is the domain's.
   where k.contype = 'c' and ${ownSchema('n.nspname')} and ${noMember('pg_type', 't.oid')}`
