import { type RawBuilder, sql } from 'kysely'
import type { Column } from './relation.ts'
import type { BindValue } from './values.ts'

/**
 * A DateStyle other than ISO prints time zones as abbreviations, and `IST` of Kolkata is read as that of Israel. Cursors
 * therefore carry such a time as UTC without a zone; everything else prints what reads as the same value.
 */
const isZoned = ({ baseType: [schema, name] }: Column): boolean =>
  schema === 'pg_catalog' && name === 'timestamptz'

const timestamp = ['pg_catalog', 'timestamp'] as const

/** Whether a cell of the page, when it is whole, can stand in a cursor as it is. */
export const isCursorValue = (column: Column): boolean => column.width === 'narrow' && !isZoned(column)

/** What a cursor holds of a value. */
export const toCursor = (column: Column, value: RawBuilder<unknown>): RawBuilder<unknown> =>
  isZoned(column) ? sql`pg_catalog.timezone('UTC', ${value})` : value

/** The value that a cursor holds. */
export const fromCursor = (column: Column, value: string, bind: BindValue): RawBuilder<unknown> =>
  isZoned(column) ? sql`pg_catalog.timezone('UTC', ${bind(value, timestamp)})` : bind(value, column.baseType)
