import { type RawBuilder, sql } from 'kysely'
import type { ObjectKind } from '../../../shared/catalog.ts'

/** Reads one statement on the session's database. */
export type Read = <Row>(statement: RawBuilder<Row>) => Promise<Row[]>

/** How an object is named in SQL, and whose it is. */
export type Subject = {
  oid: string
  /** Word of ALTER and COMMENT, such as `MATERIALIZED VIEW`. */
  word: string
  /** Word of GRANT; null where there is nothing to grant. */
  grantWord: string | null
  /** Quoted and qualified, a routine with its arguments. */
  identity: string
  owner: string
}

const relationSubject = (oid: string): RawBuilder<Subject> => sql`
  select c.oid::text as "oid",
         case c.relkind
           when 'v' then 'VIEW' when 'm' then 'MATERIALIZED VIEW' when 'f' then 'FOREIGN TABLE'
           when 'S' then 'SEQUENCE' when 'i' then 'INDEX' when 'I' then 'INDEX' else 'TABLE'
         end as "word",
         case when c.relkind = 'S' then 'SEQUENCE' when c.relkind not in ('i', 'I') then 'TABLE' end as "grantWord",
         format('%I.%I', n.nspname, c.relname) as "identity",
         pg_get_userbyid(c.relowner)::text as "owner"
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.oid = ${oid}::oid`

const routineSubject = (oid: string): RawBuilder<Subject> => sql`
  select p.oid::text as "oid",
         case p.prokind when 'p' then 'PROCEDURE' when 'a' then 'AGGREGATE' else 'FUNCTION' end as "word",
         case p.prokind when 'p' then 'PROCEDURE' else 'FUNCTION' end as "grantWord",
         format('%I.%I(%s)', n.nspname, p.proname,
           case when p.prokind = 'a' and p.pronargs = 0 then '*' else pg_get_function_identity_arguments(p.oid) end)
           as "identity",
         pg_get_userbyid(p.proowner)::text as "owner"
    from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
   where p.oid = ${oid}::oid`

const typeSubject = (oid: string): RawBuilder<Subject> => sql`
  select t.oid::text as "oid",
         case t.typtype when 'd' then 'DOMAIN' else 'TYPE' end as "word",
         case t.typtype when 'd' then 'DOMAIN' else 'TYPE' end as "grantWord",
         format('%I.%I', n.nspname, t.typname) as "identity",
         pg_get_userbyid(t.typowner)::text as "owner"
    from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
   where t.oid = ${oid}::oid`

/** How the object is named in SQL; no row when it does not exist. */
export const subjectOf = (kind: ObjectKind, oid: string): RawBuilder<Subject> => {
  switch (kind) {
    case 'function':
    case 'procedure':
    case 'aggregate':
      return routineSubject(oid)
    case 'type':
    case 'domain':
      return typeSubject(oid)
    case 'schema':
      return sql`
        select oid::text as "oid", 'SCHEMA' as "word", 'SCHEMA' as "grantWord", quote_ident(nspname) as "identity",
               pg_get_userbyid(nspowner)::text as "owner"
          from pg_catalog.pg_namespace where oid = ${oid}::oid`
    case 'extension':
      return sql`
        select oid::text as "oid", 'EXTENSION' as "word", null as "grantWord", quote_ident(extname) as "identity",
               pg_get_userbyid(extowner)::text as "owner"
          from pg_catalog.pg_extension where oid = ${oid}::oid`
    case 'role':
      return sql`
        select oid::text as "oid", 'ROLE' as "word", null as "grantWord", quote_ident(rolname) as "identity", '' as "owner"
          from pg_catalog.pg_roles where oid = ${oid}::oid`
    case 'database':
      return sql`
        select oid::text as "oid", 'DATABASE' as "word", 'DATABASE' as "grantWord", quote_ident(datname) as "identity",
               pg_get_userbyid(datdba)::text as "owner"
          from pg_catalog.pg_database where oid = ${oid}::oid`
    default:
      return relationSubject(oid)
  }
}
