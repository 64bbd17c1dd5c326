import type { ColumnFamily, GridColumn, RowFilter } from '../../../shared/rows.ts'

export type FilterOperator = RowFilter['op']

const nulls: FilterOperator[] = ['is null', 'is not null']
const equality: FilterOperator[] = ['=', '<>', 'in']
const order: FilterOperator[] = ['<', '<=', '>', '>=', 'between']
const words: FilterOperator[] = ['contains', 'starts with', 'matches']

const byFamily: Partial<Record<ColumnFamily, FilterOperator[]>> = {
  number: [...equality, ...order],
  date: [...order, ...equality],
  time: [...order, ...equality],
  timestamp: [...order, ...equality],
  interval: [...order, ...equality],
  text: ['contains', 'starts with', 'matches', ...equality, ...order],
  boolean: ['='],
  enum: [...equality, ...order],
  uuid: [...equality, 'starts with'],
  json: ['json path', '@>', 'contains'],
  array: ['@>', 'contains', ...equality],
  range: ['@>', ...equality, ...order],
  network: [...equality, ...order, 'starts with', 'contains'],
  bytea: equality,
  bit: equality,
}

const needsOperatorClass = new Set<FilterOperator>([...equality, ...order])

/** Operators that make sense for a column, the likeliest first. What the type cannot compare is left out. */
export const operatorsFor = ({ family, sortable, notNull, shortType }: GridColumn): FilterOperator[] => [
  ...(byFamily[family] ?? [...words, ...equality]).filter(
    (operator) =>
      (sortable || !needsOperatorClass.has(operator)) && !(operator === '@>' && shortType === 'json'),
  ),
  ...(notNull ? [] : nulls),
]

export const operatorLabels: Record<FilterOperator, string> = {
  '=': '=',
  '<>': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  between: 'between',
  in: 'in',
  'is null': 'is null',
  'is not null': 'is not null',
  'is distinct from': 'is not',
  'outside hours': 'outside hours',
  contains: 'contains',
  'starts with': 'starts with',
  matches: 'matches (~)',
  'json path': 'JSON path',
  '@>': 'contains (@>)',
}

/** The part of a filter behind its column's name, as a chip shows it. */
export const filterText = (filter: RowFilter): string => {
  switch (filter.op) {
    case 'between':
      return `${filter.from} – ${filter.to}`
    case 'in':
      return `in ${filter.values.length > 4 ? `${filter.values.slice(0, 3).join(', ')} and ${filter.values.length - 3} more` : filter.values.join(', ')}`
    case 'is null':
    case 'is not null':
      return filter.op
    case 'outside hours':
      return `outside ${filter.hours.from} – ${filter.hours.to}`
    case '=':
      return filter.value === '' ? '= empty' : filter.value
    case '<>':
    case 'is distinct from':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'contains':
    case 'starts with':
    case 'matches':
    case 'json path':
    case '@>':
      return `${filter.op === 'matches' ? '~' : filter.op} ${filter.value}`
    default:
      return filter satisfies never
  }
}

/** What a person typed, before it is a filter. */
export type FilterDraft = { column: string; op: FilterOperator; value: string; to: string; values: string[] }

export const draftOf = (column: GridColumn, filter?: RowFilter): FilterDraft => ({
  column: column.name,
  op: filter?.op ?? operatorsFor(column)[0] ?? 'is null',
  value: filter === undefined ? '' : 'value' in filter ? filter.value : 'from' in filter ? filter.from : '',
  to: filter !== undefined && 'to' in filter ? filter.to : '',
  values: filter !== undefined && 'values' in filter ? filter.values : [],
})

/** The filter of a draft, or null while a value that it needs is missing. An empty text is a value of `=` and `<>`. */
export const filterOf = ({ column, op, value, to, values }: FilterDraft): RowFilter | null => {
  switch (op) {
    case 'is null':
    case 'is not null':
      return { op, column }
    case 'between':
      return value === '' || to === '' ? null : { op, column, from: value, to }
    case 'in':
      return values.length === 0 ? null : { op, column, values }
    case '=':
    case '<>':
    case 'is distinct from':
      return { op, column, value }
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'contains':
    case 'starts with':
    case 'matches':
    case 'json path':
    case '@>':
      return value === '' ? null : { op, column, value }
    // Chosen on the audit log only.
    case 'outside hours':
      return null
    default:
      return op satisfies never
  }
}
