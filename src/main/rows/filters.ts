import { type RawBuilder, sql } from 'kysely'
import { ConsoleError } from '../../shared/errors.ts'
import type { RowFilter } from '../../shared/rows.ts'
import { identifier } from '../session/identifier.ts'
import { outsideHours } from '../session/outside-hours.ts'
import { operator } from './operator.ts'
import { type Column, columnOf, type Relation, tableName, tableSql } from './relation.ts'
import { textOf } from './select-list.ts'
import { type BindValue, bindParameter, textType } from './values.ts'

type Sql = RawBuilder<unknown>

const jsonb = ['pg_catalog', 'jsonb'] as const
const jsonpath = ['pg_catalog', 'jsonpath'] as const

const unfit = (relation: Relation, column: Column, what: string): ConsoleError =>
  new ConsoleError(
    'INVALID_INPUT',
    `Column "${column.name}" of ${tableName(relation)} cannot be filtered by ${what}: its type is ${column.type}.`,
    'Choose another condition for this column.',
  )

const isText = ({ baseType: [schema, name] }: Column): boolean =>
  schema === 'pg_catalog' && ['text', 'varchar'].includes(name)

/** What LIKE, regular expressions and text equality look at. A column's own collation may refuse them, the database's does not. */
const searchText = (column: Column): Sql => {
  const name = identifier(column.name)
  return sql`${isText(column) ? name : textOf(column, name)} collate pg_catalog."default"`
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

/**
 * Whether an SQL/JSON path is a predicate (`$.a > 1`), which `@@` tests, or names items (`$.a ? (@ > 1)`), for which `@?`
 * asks whether there are any. Strings and the conditions after `?` do not count.
 */
export const isPredicatePath = (path: string): boolean => {
  let outside = path.replace(/"(?:[^"\\]|\\.)*"/gs, '""')
  for (let at = outside.search(/\?\s*\(/); at !== -1; at = outside.search(/\?\s*\(/)) {
    let depth = 0
    let end = outside.indexOf('(', at)
    for (; end < outside.length; end += 1) {
      if (outside[end] === '(') depth += 1
      else if (outside[end] === ')' && --depth === 0) break
    }
    outside = outside.slice(0, at) + outside.slice(end + 1)
  }
  return /[=!<>]=|[<>]|&&|\|\||\bstarts\s+with\b|\blike_regex\b|\bis\s+unknown\b|^[\s(]*(?:!|(?:strict\s+|lax\s+)?exists\s*\()/.test(
    outside,
  )
}

const asJsonb = (relation: Relation, column: Column, what: string): Sql => {
  if (column.family !== 'json') throw unfit(relation, column, what)
  return column.baseType[1] === 'jsonb'
    ? identifier(column.name)
    : sql`cast(${identifier(column.name)} as ${identifier(...jsonb)})`
}

/** What a range can contain: another range, or one element, told by the value's form. */
const containedType = (column: Column, value: string): Column['baseType'] => {
  const text = value.trim()
  if (column.rangeType !== null && (/^[[(]/.test(text) || /^empty$/i.test(text))) return column.rangeType
  if (column.elementType !== null && !text.startsWith('{')) return column.elementType
  return column.baseType
}

const contains = (relation: Relation, column: Column, value: string, bind: BindValue): Sql => {
  if (column.family === 'json')
    return sql`${asJsonb(relation, column, '@>')} ${operator('@>')} ${bind(value, jsonb)}`
  if (column.family === 'array')
    return sql`${identifier(column.name)} ${operator('@>')} ${bind(value, column.baseType)}`
  if (column.family === 'range') {
    return sql`${identifier(column.name)} ${operator('@>')} ${bind(value, containedType(column, value))}`
  }
  throw unfit(relation, column, '@>')
}

const compare = (
  relation: Relation,
  column: Column,
  comparison: '=' | '<>' | '<' | '<=' | '>' | '>=',
  value: string,
  bind: BindValue,
): Sql => {
  const name = identifier(column.name)
  if (column.operators !== null) {
    return sql`${name} ${operator(comparison, column.operators)} ${bind(value, column.baseType)}`
  }
  // json, xml, point and the like have no order and often no equality: then the text decides.
  if (comparison !== '=' && comparison !== '<>') throw unfit(relation, column, comparison)
  return sql`${textOf(column, name)} ${operator(comparison)} ${bind(value, textType)}`
}

const isIn = (column: Column, values: readonly string[], bind: BindValue): Sql => {
  const name = identifier(column.name)
  const [compared, type] =
    column.operators === null
      ? ([textOf(column, name), textType] as const)
      : ([name, column.baseType] as const)
  const equal = operator('=', column.operators ?? undefined)
  const bound = values.map((value) => bind(value, type))
  // An array of arrays would be one array of more dimensions.
  return column.family === 'array'
    ? sql`(${sql.join(
        bound.map((value) => sql`${compared} ${equal} ${value}`),
        sql` or `,
      )})`
    : sql`${compared} ${equal} any (array[${sql.join(bound)}])`
}

/** One filter as a condition. Fails with `INVALID_INPUT` when the column's type does not know it. */
export const filterCondition = (relation: Relation, filter: RowFilter, bind: BindValue): Sql => {
  const column = columnOf(relation, filter.column)
  const name = identifier(column.name)
  switch (filter.op) {
    case '=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(relation, column, filter.op, filter.value, bind)
    case 'between':
      return sql`(${compare(relation, column, '>=', filter.from, bind)} and ${compare(relation, column, '<=', filter.to, bind)})`
    case 'in':
      return isIn(column, filter.values, bind)
    case 'is null':
      return sql`${name} is not distinct from null`
    case 'is not null':
      return sql`${name} is distinct from null`
    case 'is distinct from':
      return sql`(${name} is not distinct from null or ${compare(relation, column, '<>', filter.value, bind)})`
    case 'outside hours': {
      if (column.baseType[1] !== 'timestamptz') throw unfit(relation, column, 'working hours')
      const { zone, days, from, to } = filter.hours
      return outsideHours(name, {
        zone: bind(zone, textType),
        days: bind(`{${days.join(',')}}`, ['pg_catalog', '_int4']),
        from: bind(from, ['pg_catalog', 'time']),
        to: bind(to, ['pg_catalog', 'time']),
      })
    }
    case 'contains':
      return sql`${searchText(column)} ${operator('~~*')} ${bind(`%${escapeLike(filter.value)}%`, textType)}`
    case 'starts with':
      return sql`${searchText(column)} ${operator('~~*')} ${bind(`${escapeLike(filter.value)}%`, textType)}`
    case 'matches':
      return sql`${searchText(column)} ${operator('~')} ${bind(filter.value, textType)}`
    case 'json path': {
      const test = operator(isPredicatePath(filter.value) ? '@@' : '@?')
      return sql`${asJsonb(relation, column, 'a JSON path')} ${test} ${bind(filter.value, jsonpath)}`
    }
    case '@>':
      return contains(relation, column, filter.value, bind)
    default:
      return filter satisfies never
  }
}

/** The condition of every filter, for a WHERE that joins them with AND. */
export const filterConditions = (relation: Relation, filters: readonly RowFilter[], bind: BindValue): Sql[] =>
  filters.map((filter) => filterCondition(relation, filter, bind))

/** ` where …`, or nothing. */
export const where = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? sql`` : sql` where ${sql.join(conditions, sql` and `)}`

/**
 * Reads no row, but makes the server take every value: it refuses what it would refuse while reading. A regular expression
 * is only looked at when it meets a text, which one constant gives it while the statement is planned.
 */
export const filterProbe = (relation: Relation, filters: readonly RowFilter[]): Sql => {
  const expressions = filters
    .filter((filter) => filter.op === 'matches')
    .map(
      (filter) =>
        sql`${bindParameter('', textType)} ${operator('~')} ${bindParameter(filter.value, textType)}`,
    )
  const conditions = filterConditions(relation, filters, bindParameter)
  return sql`select ${sql.join([...conditions, ...expressions])} from ${tableSql(relation)} as r limit 0`
}

/** Names the column, never the value. */
export const refusedFilter = (relation: Relation, filter: RowFilter): ConsoleError => {
  const column = columnOf(relation, filter.column)
  return new ConsoleError(
    'INVALID_INPUT',
    `The filter on column "${column.name}" of ${tableName(relation)} has a value that its type ${column.type} does not accept.`,
    'Correct the value or choose another condition.',
  )
}
