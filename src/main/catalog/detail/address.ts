import type { ObjectKind } from '../../../shared/catalog.ts'

/** The system catalog that holds objects of a kind: `classid` in `pg_depend` and `pg_description`. */
export const catalogOf = (kind: ObjectKind): string => {
  switch (kind) {
    case 'table':
    case 'partitioned table':
    case 'view':
    case 'materialized view':
    case 'foreign table':
    case 'sequence':
    case 'index':
      return 'pg_catalog.pg_class'
    case 'function':
    case 'procedure':
    case 'aggregate':
      return 'pg_catalog.pg_proc'
    case 'type':
    case 'domain':
      return 'pg_catalog.pg_type'
    case 'schema':
      return 'pg_catalog.pg_namespace'
    case 'extension':
      return 'pg_catalog.pg_extension'
    case 'role':
      return 'pg_catalog.pg_authid'
    case 'database':
      return 'pg_catalog.pg_database'
    default:
      return kind satisfies never
  }
}
