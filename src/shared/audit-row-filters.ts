import { applicationName } from './application-name.ts'
import type { AuditFilters } from './audit.ts'
import { anyOf, type RowFilter } from './rows.ts'

/** The filters of a period as the grid knows them, over `public.audit_logs`: the same events as `audit.timeline` counts. */
export const auditRowFilters = (
  { from, to }: { from: string | null; to: string | null },
  filters: AuditFilters,
): RowFilter[] => [
  ...(from === null ? [] : [{ op: '>=' as const, column: 'ts', value: from }]),
  ...(to === null ? [] : [{ op: '<' as const, column: 'ts', value: to }]),
  ...anyOf('op', filters.ops),
  ...anyOf('actor', filters.actors),
  ...anyOf('acting_role', filters.roles),
  ...anyOf('app', filters.apps),
  ...filters.tables.flatMap(({ schema, table }): RowFilter[] => [
    { op: '=', column: 'schema_name', value: schema },
    { op: '=', column: 'table_name', value: table },
  ]),
  ...(filters.row === null ? [] : [{ op: '=' as const, column: 'row_pk', value: filters.row }]),
  ...(filters.column === null
    ? []
    : [{ op: 'json path' as const, column: 'new_row', value: `$.${JSON.stringify(filters.column)}` }]),
  ...(filters.transaction === null ? [] : [{ op: '=' as const, column: 'xid', value: filters.transaction }]),
  ...(filters.withoutReason ? [{ op: 'is null' as const, column: 'reason' }] : []),
  ...(filters.withoutConsole
    ? [{ op: 'is distinct from' as const, column: 'app', value: applicationName }]
    : []),
  ...(filters.outsideHours === null
    ? []
    : [{ op: 'outside hours' as const, column: 'ts', hours: filters.outsideHours }]),
]
