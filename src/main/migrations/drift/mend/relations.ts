import type { CatalogObject } from '../catalog-object.ts'
import { columnDefinition, columnFollowing } from './columns.ts'
import type { Mender } from './mender.ts'
import { changedForeignOptions, changedStorageOptions, foreignOptions, storageOptions } from './options.ts'
import { type Change, defined, has, type Sides } from './sides.ts'

const columnsOf = (table: CatalogObject, { to }: Sides): CatalogObject[] =>
  [...to.objects.values()]
    .filter(({ kind, parent }) => kind === 'column' && parent === table.identity)
    .sort((a, b) => Number(a.definition.position) - Number(b.definition.position))

const clause = (word: string, value: string | null): string[] => (value === null ? [] : [`${word} ${value}`])
const inBrackets = (value: string | null): string | null => (value === null ? null : `(${value})`)

const rowSecurity = (name: string, value: string | null): string => {
  const [on, off] = name === 'row security' ? ['ENABLE', 'DISABLE'] : ['FORCE', 'NO FORCE']
  return `${value === 'true' ? on : off} ROW LEVEL SECURITY`
}

const replicaIdentity = (value: string | null): string =>
  `REPLICA IDENTITY ${(value ?? 'default').replace(/^index /, 'USING INDEX ').replace(/^(default|full|nothing)$/, (word) => word.toUpperCase())}`

/** Who has another table access method by default says so; `heap` is everybody else's. */
const using = (relation: CatalogObject): string[] => {
  const method = has(relation, 'access method')
  return method === 'heap' ? [] : clause('USING', method)
}

/** What CREATE TABLE cannot say. */
const tableFollowing = (table: CatalogObject): string[] => [
  ...(['row security', 'row security forced'] as const).flatMap((name) =>
    has(table, name) === 'true' ? [`ALTER TABLE ${table.identity} ${rowSecurity(name, 'true')}`] : [],
  ),
  ...([null, 'default'].includes(has(table, 'replica identity'))
    ? []
    : [`ALTER TABLE ${table.identity} ${replicaIdentity(has(table, 'replica identity'))}`]),
]

/** What a column of its parents or its type has of its own: CREATE TABLE has no place for it. */
const ownOfInherited = (table: CatalogObject, column: CatalogObject, { to }: Sides): string[] => {
  const theirs = parents(has(table, 'inherits')).flatMap(
    (parent) => to.objects.get(`column ${parent}.${defined(column, 'name')}`) ?? [],
  )
  const differs = (name: string) => !theirs.some((one) => has(one, name) === has(column, name))
  const isSaid = (name: string) => (theirs.length === 0 ? has(column, name) !== null : differs(name))
  const alter = (action: string) =>
    `ALTER ${table.kind.toUpperCase()} ${table.identity} ALTER COLUMN ${defined(column, 'name')} ${action}`
  const preset = has(column, 'default')
  return [
    ...(has(column, 'generated') === null && isSaid('default')
      ? [alter(preset === null ? 'DROP DEFAULT' : `SET DEFAULT ${preset}`)]
      : []),
    ...(has(column, 'not null') === 'true' && isSaid('not null') ? [alter('SET NOT NULL')] : []),
  ]
}

const createTable = (table: CatalogObject, sides: Sides): string[] => {
  const isPartition = has(table, 'partition of') !== null
  const columns = columnsOf(table, sides)
  // A partition is made whole and attached afterwards; of other children, what they inherit comes from their parents.
  const own = columns.filter((column) => isPartition || column.definition.inherited !== 'true')
  const body = own.map((column) => `  ${columnDefinition(column, table)}`)
  const create = [
    `CREATE ${has(table, 'persistence') === 'unlogged' ? 'UNLOGGED ' : ''}${table.kind.toUpperCase()} ${table.identity}`,
    has(table, 'of type') === null ? '' : ` OF ${has(table, 'of type')}`,
    has(table, 'of type') === null ? ` (${body.length === 0 ? '' : `\n${body.join(',\n')}\n`})` : '',
  ].join('')
  const tail = [
    ...clause('INHERITS', inBrackets(has(table, 'inherits'))),
    ...clause('PARTITION BY', has(table, 'partition by')),
    ...(table.kind === 'table' ? using(table) : []),
    ...(table.kind === 'table' ? clause('WITH', inBrackets(storageOptions(table))) : []),
    ...clause('TABLESPACE', has(table, 'tablespace')),
    ...clause('SERVER', has(table, 'server')).map((server) => `${server}${foreignOptions(table)}`),
  ]
  return [
    [create, ...tail].join('\n'),
    ...columns.flatMap((column) => [
      ...(own.includes(column) && has(table, 'of type') === null ? [] : ownOfInherited(table, column, sides)),
      ...columnFollowing(column, table, sides),
    ]),
    ...(isPartition ? [attach(table)] : []),
    ...tableFollowing(table),
  ]
}

const attach = (table: CatalogObject): string =>
  `ALTER TABLE ${has(table, 'partition of')} ATTACH PARTITION ${table.identity} ${has(table, 'partition bound')}`

const parents = (value: string | null): string[] => (value === null ? [] : value.split(', '))

const treeActions = ({ from, to, names }: Change): string[] => {
  const statements: string[] = []
  if (names.has('partition of') || names.has('partition bound')) {
    const parent = has(from, 'partition of')
    if (parent !== null) statements.push(`ALTER TABLE ${parent} DETACH PARTITION ${to.identity}`)
    if (has(to, 'partition of') !== null) statements.push(attach(to))
  }
  const [before, after] = [parents(has(from, 'inherits')), parents(has(to, 'inherits'))]
  return [
    ...statements,
    ...before
      .filter((name) => !after.includes(name))
      .map((name) => `ALTER TABLE ${to.identity} NO INHERIT ${name}`),
    ...after
      .filter((name) => !before.includes(name))
      .map((name) => `ALTER TABLE ${to.identity} INHERIT ${name}`),
  ]
}

export const tables: Mender = {
  create: createTable,
  takesAway: (table) => `all rows of ${table.identity}`,
  alter(change) {
    const { to, names, sides } = change
    // These are other tables: rows would have to be moved.
    if (names.has('partition by') || names.has('server')) return null
    if (names.has('access method') && sides.to.version < 150000) return null
    const alter = (action: string): string => `ALTER ${to.kind.toUpperCase()} ${to.identity} ${action}`
    const when = (name: string, action: (value: string | null) => string): string[] =>
      names.has(name) ? [alter(action(has(to, name)))] : []
    return [
      ...treeActions(change),
      ...when('persistence', (value) => `SET ${value === 'unlogged' ? 'UNLOGGED' : 'LOGGED'}`),
      ...when('tablespace', (value) => `SET TABLESPACE ${value ?? 'pg_default'}`),
      ...when('access method', (value) => `SET ACCESS METHOD ${value ?? 'DEFAULT'}`),
      ...when('of type', (value) => (value === null ? 'NOT OF' : `OF ${value}`)),
      ...when('replica identity', replicaIdentity),
      ...when('row security', (value) => rowSecurity('row security', value)),
      ...when('row security forced', (value) => rowSecurity('row security forced', value)),
      ...(to.kind === 'foreign table' ? changedForeignOptions(change) : changedStorageOptions(change)).map(
        alter,
      ),
    ]
  },
}

const query = (view: CatalogObject): string => (has(view, 'query') ?? '').trim().replace(/;$/, '')

const createView = (view: CatalogObject, replace = ''): string[] => {
  const options = storageOptions(view)
  return [
    [
      `CREATE ${replace}${view.kind.toUpperCase()} ${view.identity}`,
      ...using(view),
      ...clause('WITH', inBrackets(options)),
      ...clause('TABLESPACE', has(view, 'tablespace')),
      `AS\n${query(view)}`,
    ].join('\n'),
  ]
}

/** CREATE OR REPLACE VIEW may add columns at the end, and change nothing of those that are there. */
const mayReplace = ({ from, to, sides }: Change): boolean => {
  const before = columnsOf(from, { from: sides.to, to: sides.from })
  const after = columnsOf(to, sides)
  return before.every((column, index) => {
    const now = after[index]
    return (
      now !== undefined &&
      defined(now, 'name') === defined(column, 'name') &&
      has(now, 'type') === has(column, 'type')
    )
  })
}

/** Defaults and storage of columns; comments and grants of columns are told of with them. */
const viewColumns = (view: CatalogObject, sides: Sides): string[] =>
  columnsOf(view, sides).flatMap((column) => {
    const preset = has(column, 'default')
    const name = defined(column, 'name')
    return [
      ...(preset === null ? [] : [`ALTER VIEW ${view.identity} ALTER COLUMN ${name} SET DEFAULT ${preset}`]),
      ...(view.kind === 'view' ? [] : columnFollowing(column, view, sides)),
    ]
  })

export const views: Mender = {
  renewable: true,
  create: (view, sides) => [...createView(view), ...viewColumns(view, sides)],
  alter(change) {
    const { to, names } = change
    const alter = (action: string): string => `ALTER ${to.kind.toUpperCase()} ${to.identity} ${action}`
    const options = changedStorageOptions(change).map(alter)
    if (names.has('query')) {
      if (to.kind === 'materialized view' || !mayReplace(change)) return null
      return [...createView({ ...to, attributes: { query: has(to, 'query') } }, 'OR REPLACE '), ...options]
    }
    return [
      ...(names.has('tablespace') ? [alter(`SET TABLESPACE ${has(to, 'tablespace') ?? 'pg_default'}`)] : []),
      ...(names.has('access method') ? [alter(`SET ACCESS METHOD ${has(to, 'access method')}`)] : []),
      ...options,
    ]
  },
}
