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

/** One value as such: of a list the server does not see that its index has the wanted order. */
const oneOf = (column: Sql, values: readonly string[]): Sql[] =>
  values.length === 0
    ? []
    : [values.length === 1 ? sql`${column} = ${values[0]}` : sql`${column} = any(${[...values]}::text[])`]

/** The conditions of `filters` on `public.audit_logs e`. */
export const matching = (filters: AuditFilters): Sql => {
  const { ops, actors, tables, roles, apps, row, column, transaction } = filters
  return sql.join(
    [
      sql`true`,
      ...oneOf(sql`e.op`, ops),
      ...oneOf(sql`e.actor`, actors),
      ...oneOf(sql`e.acting_role`, roles),
      ...oneOf(sql`e.app`, apps),
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
