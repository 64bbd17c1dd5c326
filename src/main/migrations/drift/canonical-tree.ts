/** A parse tree as JSON. */
type Tree = { readonly [key: string]: unknown }

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const child = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((at, key) => (isTree(at) ? at[key] : undefined), value)

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const places = new Set([
  'location',
  'stmt_location',
  'stmt_len',
  'list_start',
  'list_end',
  'rexpr_list_start',
  'rexpr_list_end',
])

/** `(array['x'::varchar])::text[]` is `array['x'::varchar::text]`: a dump and restore turns one into the other. */
const castOfArray = (node: Tree): Tree => {
  const elements = child(node, 'TypeCast', 'arg', 'A_ArrayExpr', 'elements')
  const typeName = child(node, 'TypeCast', 'typeName')
  if (!Array.isArray(elements) || !isTree(typeName) || list(typeName.arrayBounds).length === 0) return node
  const { arrayBounds: _, ...elementType } = typeName
  return {
    A_ArrayExpr: {
      elements: elements.map((arg) => castOfArray({ TypeCast: { arg, typeName: elementType } })),
    },
  }
}

/** `a and (b and c)` is `a and b and c`: reading back what BETWEEN was printed as takes the parentheses away. */
const flattened = (node: Tree): Tree => {
  const operator = child(node, 'BoolExpr', 'boolop')
  if (operator !== 'AND_EXPR' && operator !== 'OR_EXPR') return node
  const args = list(child(node, 'BoolExpr', 'args')).flatMap((arg) =>
    child(arg, 'BoolExpr', 'boolop') === operator ? list(child(arg, 'BoolExpr', 'args')) : [arg],
  )
  return { BoolExpr: { boolop: operator, args } }
}

const withoutNames = (select: unknown): unknown => {
  if (!isTree(select)) return select
  const entries = Object.entries(select).map(([key, value]): [string, unknown] => {
    if (key === 'larg' || key === 'rarg') return [key, withoutNames(value)]
    if (key !== 'targetList') return [key, value]
    const targets = list(value).map((target) => {
      const { name: _, ...unnamed } = {
        ...(isTree(target) && isTree(target.ResTarget) ? target.ResTarget : {}),
      }
      return { ResTarget: unnamed }
    })
    return [key, targets]
  })
  return Object.fromEntries(entries)
}

/** Of the queries of a UNION the first names the columns; a restored dump has other names in those behind it. */
const namedByFirst = (node: Tree): Tree =>
  'op' in node && 'rarg' in node ? { ...node, rarg: withoutNames(node.rarg) } : node

/** Nobody sees the names of columns in a query that is an expression: `exists (select true as bool)`, as it was printed until 14. */
const namelessWithin = (node: Tree): Tree => {
  const select = child(node, 'subselect', 'SelectStmt')
  return select === undefined ? node : { ...node, subselect: { SelectStmt: withoutNames(select) } }
}

const simplified = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(simplified)
  if (!isTree(value)) return value
  const entries = Object.entries(value)
    .filter(([key]) => !places.has(key))
    .map(([key, inner]): [string, unknown] => [key, simplified(inner)])
  return namelessWithin(namedByFirst(flattened(castOfArray(Object.fromEntries(entries)))))
}

/** Columns of the query itself without the name of their relation; what stands in queries within is left alone. */
const unqualified = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(unqualified)
  if (!isTree(value) || 'SelectStmt' in value) return value
  const fields = list(child(value, 'ColumnRef', 'fields'))
  if (fields.length > 1) return { ColumnRef: { fields: fields.slice(1) } }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unqualified(inner)]))
}

/** Until 15 a view says the relation of each column, from 16 on only when there is more than one relation. */
const ofOneRelation = (statement: unknown): unknown => {
  const select = child(statement, 'SelectStmt')
  if (!isTree(select)) return statement
  const from = list(select.fromClause)
  if (from.length !== 1 || 'JoinExpr' in (isTree(from[0]) ? from[0] : {})) return statement
  const parts = Object.entries(select).map(([key, part]) => [
    key,
    key === 'fromClause' || key === 'withClause' ? part : unqualified(part),
  ])
  return { SelectStmt: Object.fromEntries(parts) }
}

const numbers = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8'])

/** `0.1` and `'0.1'::float8` are one as a default, which has its column's type in the end; within an expression they are not. */
const ofNumber = (statement: unknown): unknown => {
  const target = list(child(statement, 'SelectStmt', 'targetList'))[0]
  const value = child(target, 'ResTarget', 'val')
  const typeName = child(value, 'TypeCast', 'typeName')
  const named = list(child(typeName, 'names')).map((name) => child(name, 'String', 'sval'))
  const isNumber =
    isTree(typeName) && !('typmods' in typeName) && named[0] === 'pg_catalog' && numbers.has(`${named[1]}`)
  const constant = child(isNumber ? child(value, 'TypeCast', 'arg') : value, 'A_Const')
  const text =
    child(constant, 'sval', 'sval') ??
    child(constant, 'fval', 'fval') ??
    // Zero is left out of the tree's JSON.
    (isTree(child(constant, 'ival')) ? (child(constant, 'ival', 'ival') ?? 0) : undefined)
  // A text without a cast stays a text.
  return text === undefined || (!isNumber && child(constant, 'sval') !== undefined)
    ? statement
    : { number: `${text}` }
}

/** What a parse tree means, without where it stands and how PostgreSQL happens to print it. */
export const canonicalTree = (result: unknown): unknown =>
  list(child(result, 'stmts')).map((statement) => ofOneRelation(simplified(child(statement, 'stmt'))))

/** The same of `select (…)` around the default of a column or domain. */
export const canonicalDefault = (result: unknown): unknown =>
  list(child(result, 'stmts')).map((statement) => ofNumber(simplified(child(statement, 'stmt'))))
