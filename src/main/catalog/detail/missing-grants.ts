import { type RawBuilder, sql } from 'kysely'
import type { CatalogObject } from '../../../shared/catalog.ts'
import type { Subject } from './subject.ts'

const privileges: Record<string, string> = {
  TABLE: 'SELECT',
  SEQUENCE: 'SELECT',
  FUNCTION: 'EXECUTE',
  PROCEDURE: 'EXECUTE',
  TYPE: 'USAGE',
  DOMAIN: 'USAGE',
  SCHEMA: 'USAGE',
  DATABASE: 'CONNECT',
}

/** The GRANTs that the session's role lacks to read an object that is not accessible to it. */
export const missingGrants = (
  { schema }: CatalogObject,
  { oid, grantWord, identity }: Subject,
): RawBuilder<{ statement: string }> => sql`
  select format('GRANT USAGE ON SCHEMA %I TO %I;', ${schema}::text, current_user) as statement
   where ${schema}::text is not null and not has_schema_privilege(${schema}::text, 'usage')
  union all
  select format('GRANT %s ON %s %s TO %I;', ${privileges[grantWord ?? ''] ?? ''}::text, ${grantWord}::text, ${identity}::text,
                current_user)
   where not case ${grantWord}::text
               when 'TABLE' then has_any_column_privilege(${oid}::oid, 'select')
               when 'SEQUENCE' then has_sequence_privilege(${oid}::oid, 'select')
               when 'FUNCTION' then has_function_privilege(${oid}::oid, 'execute')
               when 'PROCEDURE' then has_function_privilege(${oid}::oid, 'execute')
               when 'TYPE' then has_type_privilege(${oid}::oid, 'usage')
               when 'DOMAIN' then has_type_privilege(${oid}::oid, 'usage')
               when 'SCHEMA' then has_schema_privilege(${oid}::oid, 'usage')
               when 'DATABASE' then has_database_privilege(${oid}::oid, 'connect')
               else true
             end`
