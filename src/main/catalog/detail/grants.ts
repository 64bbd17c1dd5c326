import { type RawBuilder, sql } from 'kysely'
import type { CatalogDetail, ObjectKind } from '../../../shared/catalog.ts'
import { catalogOf } from './address.ts'
import type { Subject } from './subject.ts'

type Grant = CatalogDetail['grants'][number]

/** `(acl, standard)` of an object: its privileges and those that it would have by default. */
const aclOf = (kind: ObjectKind, oid: string): RawBuilder<unknown> => {
  const row = (acl: string, type: RawBuilder<unknown>, owner: string) => sql`
    select ${sql.ref(acl)} as acl, acldefault(${type}, ${sql.ref(owner)}) as standard
      from ${sql.raw(catalogOf(kind))} where oid = ${oid}::oid`
  switch (kind) {
    case 'function':
    case 'procedure':
    case 'aggregate':
      return row('proacl', sql`'f'`, 'proowner')
    case 'type':
    case 'domain':
      return row('typacl', sql`'T'`, 'typowner')
    case 'schema':
      return row('nspacl', sql`'n'`, 'nspowner')
    case 'database':
      return row('datacl', sql`'d'`, 'datdba')
    default:
      return row('relacl', sql`case when relkind = 'S' then 's' else 'r' end::"char"`, 'relowner')
  }
}

/** Roles that are members of a role, as grants of it. What only PostgreSQL 16 and later has is read as jsonb. */
const members = (oid: string): RawBuilder<Grant> => sql`
  select pg_get_userbyid(m.member)::text as "grantee",
         array_remove(array['MEMBER',
           case when m.admin_option then 'ADMIN OPTION' end,
           case when to_jsonb(m) ->> 'inherit_option' = 'false' then 'NO INHERIT' end,
           case when to_jsonb(m) ->> 'set_option' = 'false' then 'NO SET' end], null) as "privileges",
         pg_get_userbyid(m.grantor)::text as "grantor",
         null as "column"
    from pg_catalog.pg_auth_members m
   where m.roleid = ${oid}::oid
   order by 1, 3`

/** Who may do what with the object and its columns; the server's defaults where nobody has granted anything yet. */
export const grantsOf = (kind: ObjectKind, oid: string): RawBuilder<Grant> =>
  kind === 'role'
    ? members(oid)
    : sql`
  with granted as (
    select null::text as column, x.*
      from (${aclOf(kind, oid)}) o, aclexplode(coalesce(o.acl, o.standard)) x
    union all
    select a.attname, x.*
      from pg_catalog.pg_attribute a, aclexplode(a.attacl) x
     where a.attrelid = ${oid}::oid and not a.attisdropped and ${catalogOf(kind) === 'pg_catalog.pg_class'}::boolean)
  select coalesce(pg_get_userbyid(nullif(grantee, 0))::text, 'PUBLIC') as "grantee",
         array_agg(privilege_type || case when is_grantable then ' WITH GRANT OPTION' else '' end order by privilege_type)
           as "privileges",
         pg_get_userbyid(grantor)::text as "grantor",
         "column"
    from granted
   group by grantee, grantor, "column"
   order by "column" nulls first, 1, 3`

/**
 * GRANT and REVOKE that lead from the default privileges of a new object to those it has. Grantors are not told: the
 * statements grant as whoever runs them.
 */
export const grantStatements = (
  kind: ObjectKind,
  { oid, identity, grantWord }: Subject,
): RawBuilder<{ statement: string }> => sql`
  with o as materialized (${aclOf(kind, oid)}),
  granted as (select distinct x.grantee, x.privilege_type, x.is_grantable from o, aclexplode(o.acl) x),
  standard as (select x.grantee, x.privilege_type from o, aclexplode(o.standard) x where o.acl is not null),
  revoked as (
    select distinct grantee from standard
     where (grantee, privilege_type) not in (select grantee, privilege_type from granted)),
  given as (
    select grantee, is_grantable, string_agg(privilege_type, ', ' order by privilege_type) as privileges
      from granted
     where is_grantable or grantee in (select grantee from revoked)
        or (grantee, privilege_type) not in (select grantee, privilege_type from standard)
     group by grantee, is_grantable),
  given_columns as (
    select x.grantee, x.is_grantable,
           string_agg(format('%s (%I)', x.privilege_type, a.attname), ', ' order by x.privilege_type, a.attnum) as privileges
      from pg_catalog.pg_attribute a, aclexplode(a.attacl) x
     where a.attrelid = ${oid}::oid and not a.attisdropped and ${catalogOf(kind) === 'pg_catalog.pg_class'}::boolean
     group by x.grantee, x.is_grantable),
  statements as (
    select 1 as step, grantee,
           format('REVOKE ALL ON %s %s FROM %s', ${grantWord}::text, ${identity}::text, role.name) as statement
      from revoked, lateral (select case grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(grantee)) end as name) role
    union all
    select 2, grantee,
           format('GRANT %s ON %s %s TO %s%s', privileges, ${grantWord}::text, ${identity}::text, role.name,
                  case when is_grantable then ' WITH GRANT OPTION' else '' end)
      from (select * from given union all select * from given_columns) g,
           lateral (select case grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(grantee)) end as name) role)
  select statement from statements order by step, grantee, statement`
