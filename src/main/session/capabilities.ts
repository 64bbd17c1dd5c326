import { sql } from 'kysely'
import type { Capabilities } from '../../shared/sessions.ts'
import type { Database } from './database.ts'

/** Asks the server which areas of the Viruj ERP the session's role may read. All false in any other database. */
export const readCapabilities = async (database: Database, signal: AbortSignal): Promise<Capabilities> => {
  const readable = await database.query(
    sql<{ relname: string }>`
      SELECT c.relname::text AS relname
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE n.nspname = 'public'
        AND c.relname IN ('metadata', 'documents', 'audit_logs')
        AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        AND (pg_catalog.has_table_privilege(c.oid, 'SELECT')
             OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT'))`,
    { signal },
  )
  const [may] = await database.query(
    sql<{ migrations: boolean; monitoring: boolean; provisioning: boolean; signatures: boolean }>`
      SELECT pg_catalog.pg_has_role(d.datdba, 'MEMBER')
               OR pg_catalog.has_database_privilege(d.oid, 'CREATE') AS migrations,
             pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') AS monitoring,
             r.rolsuper OR (r.rolcreaterole AND r.rolcreatedb) AS provisioning,
             -- Those of before 0015 know no replacing. By the catalogs: to_regclass fails for who may not use the schema.
             EXISTS (SELECT
                     FROM pg_catalog.pg_attribute AS a
                     JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
                     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
                     WHERE n.nspname = 'public' AND c.relname = 'signatures' AND a.attname = 'superseded_by'
                       AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                       AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')) AS signatures
      FROM pg_catalog.pg_database AS d, pg_catalog.pg_roles AS r
      WHERE d.datname = pg_catalog.current_database() AND r.rolname = current_user`,
    { signal },
  )
  const has = (name: string) => readable.some(({ relname }) => relname === name)
  return {
    metadata: has('metadata'),
    documents: has('documents'),
    signatures: may?.signatures ?? false,
    auditLog: has('audit_logs'),
    migrations: may?.migrations ?? false,
    monitoring: may?.monitoring ?? false,
    provisioning: may?.provisioning ?? false,
  }
}
