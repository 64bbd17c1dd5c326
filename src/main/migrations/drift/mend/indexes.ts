import type { CatalogObject } from '../catalog-object.ts'
import { pieces } from './lists.ts'
import type { Mender } from './mender.ts'
import { changedStorageOptions, isOption } from './options.ts'
import { defined, has, type Sides } from './sides.ts'

const targets = (index: CatalogObject): Map<string, string> =>
  new Map(
    pieces(has(index, 'statistics')).map((target) => {
      const [column = '', value = ''] = target.split(': ')
      return [column, value]
    }),
  )

const setTargets = (index: CatalogObject, before: ReadonlyMap<string, string>): string[] => {
  const after = targets(index)
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((column) =>
    before.get(column) === after.get(column)
      ? []
      : [`ALTER INDEX ${index.identity} ALTER COLUMN ${column} SET STATISTICS ${after.get(column) ?? '-1'}`],
  )
}

const cluster = (index: CatalogObject): string =>
  has(index, 'clustered on') === 'true'
    ? `ALTER TABLE ${index.parent} CLUSTER ON ${defined(index, 'name')}`
    : `ALTER TABLE ${index.parent} SET WITHOUT CLUSTER`

/** A table that goes by an index goes by nothing once that is dropped, and has to be told again. One that is new itself is told last. */
export const replicaIdentityBy = (
  { parent }: CatalogObject,
  index: string,
  { from, to }: Sides,
): string[] => {
  const table = to.objects.get(`table ${parent}`)
  const isBy = table !== undefined && has(table, 'replica identity') === `index ${index}`
  return isBy && from.objects.has(`table ${parent}`)
    ? [`ALTER TABLE ${parent} REPLICA IDENTITY USING INDEX ${index}`]
    : []
}

const inPlace = new Set(['tablespace', 'clustered on', 'statistics', 'index valid'])

export const indexes: Mender = {
  renewable: true,
  create: (index, sides) => [
    // The server prints the one of a partitioned table without those of its partitions.
    defined(index, 'definition').replace(` ON ONLY ${index.parent} `, ` ON ${index.parent} `),
    ...(has(index, 'clustered on') === 'true' ? [cluster(index)] : []),
    ...setTargets(index, new Map()),
    ...replicaIdentityBy(index, defined(index, 'name'), sides),
  ],
  alter(change) {
    const { from, to, names } = change
    if (![...names].every((name) => inPlace.has(name) || isOption(name))) return null
    // An index that is not valid was left behind by a build that failed: nobody wants it.
    if (names.has('index valid') && has(to, 'index valid') === 'false') return null
    const alter = (action: string): string => `ALTER INDEX ${to.identity} ${action}`
    return [
      ...(names.has('index valid') ? [`REINDEX INDEX ${to.identity}`] : []),
      ...(names.has('tablespace') ? [alter(`SET TABLESPACE ${has(to, 'tablespace') ?? 'pg_default'}`)] : []),
      ...changedStorageOptions(change).map(alter),
      ...(names.has('clustered on') ? [cluster(to)] : []),
      ...setTargets(to, targets(from)),
    ]
  },
}

export const statistics: Mender = {
  renewable: true,
  create: (object) => [defined(object, 'definition'), ...target(object)],
  alter: ({ to, names }) => (names.size === 1 && names.has('target') ? [setTarget(to)] : null),
}

const setTarget = (object: CatalogObject): string =>
  `ALTER STATISTICS ${object.identity} SET STATISTICS ${has(object, 'target') ?? '-1'}`

const target = (object: CatalogObject): string[] =>
  has(object, 'target') === null ? [] : [setTarget(object)]
