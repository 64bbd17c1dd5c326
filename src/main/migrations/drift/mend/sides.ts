import type { CatalogObject, Snapshot } from '../catalog-object.ts'

/** What is there, and what shall be there. */
export type Sides = { from: Snapshot; to: Snapshot }

/** An object that is on both sides and differs. */
export type Change = {
  from: CatalogObject
  to: CatalogObject
  /** Names of the attributes that differ. */
  names: ReadonlySet<string>
  sides: Sides
}

/** An attribute as the object has it; an absent one is null. */
export const has = (object: CatalogObject, name: string): string | null => object.attributes[name] ?? null

/** A part of the definition that every object of the kind has. */
export const defined = (object: CatalogObject, name: string): string => {
  const value = object.definition[name]
  if (value === undefined || value === null)
    throw new Error(`${object.kind} ${object.identity} has no ${name}.`)
  return value
}

export const changeOf = (from: CatalogObject, to: CatalogObject, sides: Sides): Change => {
  const names = [...Object.keys(from.attributes), ...Object.keys(to.attributes)]
  return { from, to, names: new Set(names.filter((name) => has(from, name) !== has(to, name))), sides }
}
