import { type CatalogObject, keyOf } from '../catalog-object.ts'
import type { Sides } from './sides.ts'

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
export const dependentsOf = (object: CatalogObject, { from }: Sides): CatalogObject[] => {
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
