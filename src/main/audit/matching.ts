import { type RawBuilder, sql } from 'kysely'
import { applicationName } from '../../shared/application-name.ts'
import type { AuditFilters } from '../../shared/audit.ts'
import type { WorkingHours } from '../../shared/working-hours.ts'
import { outsideHours } from '../session/outside-hours.ts'

type Sql = RawBuilder<unknown>

/** Whether an event `e` was recorded outside of working hours. */
export const outside = ({ zone, days, from, to }: WorkingHours): Sql =>
  outsideHours(sql`e.ts`, {
    zone: sql`${zone}::text`,
    days: sql`${days}::int[]`,
    from: sql`${from}::time`,
    to: sql`${to}::time`,
  })

/** Whether another program than the console did it. */
export const notByConsole = sql`e.app is distinct from ${applicationName}`

/** The conditions of `filters` on `public.audit_logs e`. */
export const matching = (filters: AuditFilters): Sql => {
  const { ops, actors, tables, roles, apps, row, column, transaction } = filters
  return sql.join(
    [
      sql`true`,
      ...(ops.length === 0 ? [] : [sql`e.op = any(${ops}::text[])`]),
      ...(actors.length === 0 ? [] : [sql`e.actor = any(${actors}::text[])`]),
      ...(roles.length === 0 ? [] : [sql`e.acting_role = any(${roles}::text[])`]),
      ...(apps.length === 0 ? [] : [sql`e.app = any(${apps}::text[])`]),
      ...(tables.length === 0
        ? []
        : [
            sql`(e.schema_name, e.table_name) in (select * from unnest(
              ${tables.map(({ schema }) => schema)}::text[], ${tables.map(({ table }) => table)}::text[]))`,
          ]),
      ...(row === null ? [] : [sql`e.row_pk = ${row}`]),
      ...(column === null ? [] : [sql`e.new_row ? ${column}`]),
      ...(transaction === null ? [] : [sql`e.xid = ${transaction}::bigint`]),
      ...(filters.withoutReason ? [sql`e.reason is null`] : []),
      ...(filters.withoutConsole ? [notByConsole] : []),
      ...(filters.outsideHours === null ? [] : [outside(filters.outsideHours)]),
    ],
    sql` and `,
  )
}
