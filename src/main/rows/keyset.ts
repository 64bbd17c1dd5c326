import { type RawBuilder, sql } from 'kysely'
import { identifier } from '../session/identifier.ts'
import { fromCursor } from './cursor-value.ts'
import { operator } from './operator.ts'
import type { OrderTerm } from './order.ts'
import type { BindValue } from './values.ts'

type Sql = RawBuilder<unknown>
type Term = OrderTerm & { value: string | null }

const beyond = { asc: '>', desc: '<' } as const

/** Not `is null`: that is also true of a row whose fields are all NULL. */
const isNull = (name: Sql): Sql => sql`${name} is not distinct from null`
const isNotNull = (name: Sql): Sql => sql`${name} is distinct from null`

/** ORDER BY compares with the operators of the type's default class, wherever they live. */
const schemaOf = ({ column }: OrderTerm): string => column.operators ?? 'pg_catalog'

/**
 * The rows behind `cursor` (one value per term) as conditions: each is one range of an index over the terms, no two
 * overlap, and read one after another, each in the order of the terms, they give all rows behind the cursor in that order.
 *
 * From the last term to the first: rows that agree with the cursor before a term and are behind it in that term. Terms of
 * one direction whose later ones cannot be NULL are taken together as a row comparison, `(a, b) > ($1, $2)`. NULLs are a
 * range of their own: behind all values when ascending, before them when descending, as PostgreSQL has it by default.
 */
export const rangesBehind = (
  order: readonly OrderTerm[],
  cursor: readonly (string | null)[],
  bind: BindValue,
): Sql[] => {
  const terms: Term[] = order.map((term, index) => ({ ...term, value: cursor[index] ?? null }))
  const nameOf = (term: Term) => identifier(term.column.name)
  const bound = (term: Term, value: string) => fromCursor(term.column, value, bind)

  const agree = (before: number): Sql[] =>
    terms
      .slice(0, before)
      .map((term) =>
        term.value === null
          ? isNull(nameOf(term))
          : sql`${nameOf(term)} ${operator('=', schemaOf(term))} ${bound(term, term.value)}`,
      )

  const range = (before: number, condition: Sql): Sql =>
    sql`(${sql.join([...agree(before), condition], sql` and `)})`

  const ranges: Sql[] = []
  let end = terms.length
  while (end > 0) {
    let start = end - 1
    const last = terms[start]
    if (last === undefined) break
    if (last.value === null) {
      if (last.direction === 'desc') ranges.push(range(start, isNotNull(nameOf(last))))
    } else {
      const joins = (term: Term | undefined) =>
        term !== undefined &&
        term.value !== null &&
        term.direction === last.direction &&
        schemaOf(term) === schemaOf(last)
      while (terms[start]?.column.notNull === true && joins(terms[start - 1])) start -= 1
      const run = terms.slice(start, end)
      ranges.push(
        range(
          start,
          sql`(${sql.join(run.map(nameOf))}) ${operator(beyond[last.direction], schemaOf(last))} (${sql.join(run.map((term) => bound(term, term.value ?? '')))})`,
        ),
      )
      const first = run[0]
      if (first !== undefined && first.direction === 'asc' && !first.column.notNull) {
        ranges.push(range(start, isNull(nameOf(first))))
      }
    }
    end = start
  }
  return ranges
}
