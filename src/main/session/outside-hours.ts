import { type RawBuilder, sql } from 'kysely'

type Sql = RawBuilder<unknown>

/**
 * Whether a timestamptz lies outside of working hours. The bounds are SQL of the types text, integer[], time and time; every name
 * carries its schema, so any search path will do. `24:00` comes after every time of a day.
 */
export const outsideHours = (moment: Sql, hours: { zone: Sql; days: Sql; from: Sql; to: Sql }): Sql => {
  const local = sql`pg_catalog.timezone(${hours.zone}, ${moment})`
  const time = sql`cast(${local} as pg_catalog.time)`
  return sql`not (
    cast(pg_catalog.date_part('isodow', ${local}) as pg_catalog.int4) operator(pg_catalog.=) any (cast(${hours.days} as pg_catalog._int4))
    and ${time} operator(pg_catalog.>=) ${hours.from} and ${time} operator(pg_catalog.<) ${hours.to})`
}
