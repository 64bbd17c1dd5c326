import { type RawBuilder, sql } from 'kysely'
import { ConsoleError } from '../../shared/errors.ts'
import type { RowSort } from '../../shared/rows.ts'
import { identifier } from '../session/identifier.ts'
import { type Column, columnOf, keyOf, type Relation, tableName } from './relation.ts'

/** One term of ORDER BY, with PostgreSQL's own place for NULLs: last when ascending, first when descending. */
export type OrderTerm = { column: Column; direction: 'asc' | 'desc' }

const sortTerm = (relation: Relation, { column: name, direction }: RowSort): OrderTerm => {
  const column = columnOf(relation, name)
  if (column.sortable) return { column, direction }
  throw new ConsoleError(
    'INVALID_INPUT',
    `Column "${name}" of ${tableName(relation)} cannot be sorted: its type ${column.type} has no order.`,
    'Sort by another column.',
  )
}

const sortTerms = (relation: Relation, sort: readonly RowSort[]): OrderTerm[] => {
  const terms = sort.map((one) => sortTerm(relation, one))
  return terms.filter(({ column }, index) => terms.findIndex((term) => term.column === column) === index)
}

/**
 * The asked order, made total by the key. The key follows in the direction of the last term, so that an index over
 * (sorted column, key) can be read either way.
 */
export const totalOrder = (relation: Relation, sort: readonly RowSort[]): OrderTerm[] => {
  const asked = sortTerms(relation, sort)
  const direction = asked.at(-1)?.direction ?? 'asc'
  const rest = keyOf(relation).filter((column) => !asked.some((term) => term.column === column))
  return [...asked, ...rest.map((column) => ({ column, direction }))]
}

/** The order of a relation without a key: as asked, ties as the server has them. */
export const partialOrder = sortTerms

export const reversed = (order: readonly OrderTerm[]): OrderTerm[] =>
  order.map(({ column, direction }) => ({ column, direction: direction === 'asc' ? 'desc' : 'asc' }))

/** ` order by …` over the relation as `r`, or nothing. Unqualified, a name would mean a column of the select list first. */
export const orderBy = (order: readonly OrderTerm[]): RawBuilder<unknown> =>
  order.length === 0
    ? sql``
    : sql` order by ${sql.join(
        order.map(({ column, direction }) => sql`${identifier('r', column.name)} ${sql.raw(direction)}`),
      )}`
