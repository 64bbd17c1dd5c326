import { type CatalogObject, keyOf, type ObjectKind } from '../catalog-object.ts'
import { drop, make } from './make.ts'
import { menders } from './menders.ts'
import { type Change, has, type Sides } from './sides.ts'

/** Keys under which others may need an object: a relation's columns are a part of it. */
const keysOf = (object: CatalogObject, objects: Iterable<CatalogObject>): Set<string> => {
  const keys = new Set([keyOf(object)])
  for (const other of objects)
    if (other.kind === 'column' && other.parent === object.identity && object.kind !== 'column')
      keys.add(keyOf(other))
  return keys
}

/**
 * What stands in the way of dropping an object that is there: whatever needs it, each before what it needs in turn. What goes and comes
 * with the object by itself, such as its columns, is left out.
 */
const dependentsOf = (object: CatalogObject, { from }: Sides): CatalogObject[] => {
  const all = [...from.objects.values()]
  const found: CatalogObject[] = []
  const seen = new Set<string>([keyOf(object)])
  const visit = (needed: CatalogObject): void => {
    const keys = keysOf(needed, all)
    for (const other of all) {
      const key = keyOf(other)
      if (seen.has(key) || keys.has(key) || !other.dependsOn.some((name) => keys.has(name))) continue
      seen.add(key)
      visit(other)
      found.push(other)
    }
  }
  visit(object)
  return found
}

/** Whether it holds nothing, and may so be dropped to be made anew. */
const isRenewable = (object: CatalogObject): boolean =>
  menders[object.kind].renewable === true ||
  // Its values are computed anew.
  (object.kind === 'column' && has(object, 'generated') !== null)

/** Statements around which others are dropped and made anew. Null: one of them holds data, or cannot be made. */
const around = (
  dependents: readonly CatalogObject[],
  statements: readonly string[],
  sides: Sides,
): string[] | null => {
  if (!dependents.every(isRenewable)) return null
  const made = dependents.toReversed().map((dependent) => {
    const wanted = sides.to.objects.get(keyOf(dependent))
    // What the other side does not know stays as it is.
    return wanted === undefined ? make(dependent, { from: sides.from, to: sides.from }) : make(wanted, sides)
  })
  if (made.includes(null)) return null
  return [
    ...dependents.flatMap((dependent) => drop(dependent, sides)),
    ...statements,
    ...made.flatMap((again) => again ?? []),
  ]
}

/** Drops an object with what needs it, and makes all of it anew. Null: something among it holds data, or cannot be made. */
export const renew = ({ from, to, sides }: Change): string[] | null => {
  const made = make(to, sides)
  // A column that is to be computed gives its values up for it.
  if (made === null || !isRenewable(to)) return null
  return around(dependentsOf(from, sides), [...drop(from, sides), ...made], sides)
}

/** What PostgreSQL adapts by itself when the type of a column changes. */
const adapts: ReadonlySet<ObjectKind> = new Set(['constraint', 'index', 'statistics', 'sequence'])

/** Changes the type of a column, to which views, policies and triggers on it must not object. */
export const retype = ({ from, sides }: Change, statements: readonly string[]): string[] | null =>
  around(
    dependentsOf(from, sides).filter(({ kind }) => !adapts.has(kind)),
    statements,
    sides,
  )
