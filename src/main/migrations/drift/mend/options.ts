import pg from 'pg'
import type { CatalogObject } from '../catalog-object.ts'
import { type Change, has } from './sides.ts'

const prefix = 'option '

export const isOption = (name: string): boolean => name.startsWith(prefix)

const bare = (name: string): string => name.slice(prefix.length)

/** Storage parameters are lower-case words, with `toast.` before some; the server writes their values plainly. */
const setting = (name: string, value: string): string =>
  /^[a-z0-9_.+-]+$/i.test(value) ? `${bare(name)} = ${value}` : `${bare(name)} =${pg.escapeLiteral(value)}`

/** `a = 1, b = 2` of a new object; null: it has none. */
export const storageOptions = (object: CatalogObject): string | null => {
  const settings = Object.keys(object.attributes)
    .filter(isOption)
    .sort()
    .flatMap((name) => {
      const value = has(object, name)
      return value === null ? [] : [setting(name, value)]
    })
  return settings.length === 0 ? null : settings.join(', ')
}

/** `SET (…)` and `RESET (…)` for the storage parameters that changed. */
export const changedStorageOptions = ({ to, names }: Change): string[] => {
  const changed = [...names].filter(isOption).sort()
  const set = changed.flatMap((name) => {
    const value = has(to, name)
    return value === null ? [] : [setting(name, value)]
  })
  const reset = changed.filter((name) => has(to, name) === null).map(bare)
  return [
    ...(reset.length === 0 ? [] : [`RESET (${reset.join(', ')})`]),
    ...(set.length === 0 ? [] : [`SET (${set.join(', ')})`]),
  ]
}

const quoted = (name: string): string => pg.escapeIdentifier(bare(name))

/** ` OPTIONS (…)` of what stands for something on a foreign server; empty: it has none. */
export const foreignOptions = (object: CatalogObject): string => {
  const options = Object.keys(object.attributes)
    .filter(isOption)
    .sort()
    .map((name) => `${quoted(name)} ${pg.escapeLiteral(has(object, name) ?? '').trim()}`)
  return options.length === 0 ? '' : ` OPTIONS (${options.join(', ')})`
}

/** `OPTIONS (ADD …, SET …, DROP …)`, or none when no option changed. */
export const changedForeignOptions = ({ from, to, names }: Change): string[] => {
  const actions = [...names]
    .filter(isOption)
    .sort()
    .map((name) => {
      const value = has(to, name)
      if (value === null) return `DROP ${quoted(name)}`
      return `${has(from, name) === null ? 'ADD' : 'SET'} ${quoted(name)} ${pg.escapeLiteral(value).trim()}`
    })
  return actions.length === 0 ? [] : [`OPTIONS (${actions.join(', ')})`]
}
