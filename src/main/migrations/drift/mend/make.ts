import pg from 'pg'
import type { CatalogObject, ObjectKind } from '../catalog-object.ts'
import { addressOf } from './address.ts'
import { newGrants } from './grants.ts'
import { menders } from './menders.ts'
import { has, type Sides } from './sides.ts'

/** Hands it over; nothing for kinds that have no owner. */
export const owner = (object: CatalogObject): string[] => {
  const role = has(object, 'owner')
  return role === null ? [] : [`ALTER ${addressOf(object)} OWNER TO ${role}`]
}

export const comment = (object: CatalogObject): string => {
  const text = has(object, 'comment')
  return `COMMENT ON ${addressOf(object)} IS ${text === null ? 'NULL' : pg.escapeLiteral(text).trim()}`
}

const commentIfAny = (object: CatalogObject): string[] =>
  has(object, 'comment') === null ? [] : [comment(object)]

const columnsOf = (relation: CatalogObject, { to }: Sides): CatalogObject[] =>
  [...to.objects.values()].filter(({ kind, parent }) => kind === 'column' && parent === relation.identity)

const relationKinds: ReadonlySet<ObjectKind> = new Set([
  'table',
  'foreign table',
  'view',
  'materialized view',
])

/** An object with all that is said of it. Null: a person must decide. */
export const make = (object: CatalogObject, sides: Sides): string[] | null => {
  const made = menders[object.kind].create(object, sides)
  if (made === null) return null
  // A new relation brings its columns.
  const parts = relationKinds.has(object.kind) ? columnsOf(object, sides) : []
  return [
    ...made,
    ...owner(object),
    ...(object.kind === 'default privileges' ? [] : newGrants(object, sides)),
    ...commentIfAny(object),
    ...parts.flatMap((column) => [...newGrants(column, sides), ...commentIfAny(column)]),
  ]
}

export const drop = (object: CatalogObject, sides: Sides): string[] =>
  menders[object.kind].drop?.(object, sides) ?? [`DROP ${addressOf(object)}`]
