import type { CatalogObject } from '../catalog-object.ts'
import { wordOf } from './address.ts'
import { type Change, has, type Sides } from './sides.ts'

const prefix = 'grants to '
const passOn = ' WITH GRANT OPTION'

export const isGrant = (name: string): boolean => name.startsWith(prefix)

const privileges = (value: string | null): Map<string, boolean> =>
  new Map(
    (value ?? '')
      .split(', ')
      .filter((word) => word !== '')
      .map((word) => [word.replace(passOn, ''), word.endsWith(passOn)]),
  )

/** What GRANT and REVOKE say an object is. */
const grantedOn = (object: CatalogObject): string => {
  switch (object.kind) {
    case 'view':
    case 'materialized view':
    case 'foreign table':
      return `TABLE ${object.identity}`
    case 'aggregate':
      return `FUNCTION ${object.identity}`
    case 'column':
      return `TABLE ${object.parent}`
    case 'foreign server':
      return `FOREIGN SERVER ${object.identity}`
    default:
      return `${wordOf(object)} ${object.identity}`
  }
}

const ownerOf = (object: CatalogObject, { to }: Sides): string => {
  if (object.kind !== 'column') return has(object, 'owner') ?? object.definition.owner ?? 'CURRENT_ROLE'
  const relation = [...to.objects.values()].find(
    ({ kind, identity }) => identity === object.parent && kind !== 'column',
  )
  return relation === undefined ? 'CURRENT_ROLE' : ownerOf(relation, { to, from: to })
}

/** GRANT and REVOKE for one grantee. */
const forGrantee = (object: CatalogObject, role: string, before: string | null, after: string | null) => {
  const [had, wanted] = [privileges(before), privileges(after)]
  const list = (names: string[]): string =>
    names.map((name) => (object.kind === 'column' ? `${name} (${object.definition.name})` : name)).join(', ')
  const on = grantedOn(object)
  const lost = [...had.keys()].filter((name) => !wanted.has(name))
  const bound = [...had].flatMap(([name, option]) => (option && wanted.get(name) === false ? [name] : []))
  const gained = [...wanted].flatMap(([name, option]) => (!option && !had.has(name) ? [name] : []))
  const free = [...wanted].flatMap(([name, option]) => (option && had.get(name) !== true ? [name] : []))
  return [
    ...(lost.length === 0 ? [] : [`REVOKE ${list(lost)} ON ${on} FROM ${role}`]),
    ...(bound.length === 0 ? [] : [`REVOKE GRANT OPTION FOR ${list(bound)} ON ${on} FROM ${role}`]),
    ...(gained.length === 0 ? [] : [`GRANT ${list(gained)} ON ${on} TO ${role}`]),
    ...(free.length === 0 ? [] : [`GRANT ${list(free)} ON ${on} TO ${role}${passOn}`]),
  ]
}

const roleOf = (name: string, object: CatalogObject, sides: Sides): string => {
  const grantee = name.slice(prefix.length)
  return grantee === 'its owner' ? ownerOf(object, sides) : grantee
}

/** Rights that changed. */
export const changedGrants = ({ from, to, names, sides }: Change): string[] =>
  [...names]
    .filter(isGrant)
    .sort()
    .flatMap((name) => forGrantee(to, roleOf(name, to, sides), has(from, name), has(to, name)))

/** What an object of the kind opens to PUBLIC when it is made. https://www.postgresql.org/docs/current/ddl-priv.html */
const openToPublic: Readonly<Record<string, string>> = {
  function: 'EXECUTE',
  procedure: 'EXECUTE',
  aggregate: 'EXECUTE',
  type: 'USAGE',
  domain: 'USAGE',
  language: 'USAGE',
}

/** What its owner may by itself; 17 adds MAINTAIN, which nobody revokes alone. */
const ofOwner = (object: CatalogObject): string => {
  switch (object.kind) {
    case 'table':
    case 'foreign table':
    case 'view':
    case 'materialized view':
      return 'DELETE, INSERT, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE'
    case 'sequence':
      return 'SELECT, UPDATE, USAGE'
    case 'schema':
      return 'CREATE, USAGE'
    case 'column':
      return ''
    default:
      return openToPublic[object.kind] ?? 'USAGE'
  }
}

/** Rights of a new object: default privileges may have opened it to more, or less, than its kind has by itself. */
export const newGrants = (object: CatalogObject, sides: Sides): string[] => {
  const wanted = Object.keys(object.attributes).filter(isGrant)
  if (wanted.length === 0 && object.kind === 'column') return []
  const byDefault = [...sides.from.objects.values(), ...sides.to.objects.values()]
    .filter(({ kind }) => kind === 'default privileges')
    .flatMap(({ attributes }) => Object.keys(attributes).filter(isGrant))
  const unsure = new Set(
    object.kind === 'column' || byDefault.length === 0 ? [] : [...byDefault, `${prefix}PUBLIC`],
  )
  unsure.delete(`${prefix}its owner`)
  return [...new Set([...wanted, `${prefix}PUBLIC`, `${prefix}its owner`, ...unsure])]
    .sort()
    .flatMap((name) => {
      const role = roleOf(name, object, sides)
      const after = has(object, name)
      if (unsure.has(name)) {
        const known = openToPublic[object.kind] !== undefined || name !== `${prefix}PUBLIC` || after !== null
        const revoke = known ? [`REVOKE ALL ON ${grantedOn(object)} FROM ${role}`] : []
        return [...revoke, ...forGrantee(object, role, null, after)]
      }
      const before =
        name === `${prefix}PUBLIC`
          ? (openToPublic[object.kind] ?? null)
          : name === `${prefix}its owner`
            ? ofOwner(object)
            : null
      // What 17 adds to an owner's rights is there from the beginning where it is known.
      const same = name === `${prefix}its owner` && after?.replace('MAINTAIN, ', '') === before
      return same ? [] : forGrantee(object, role, before, after)
    })
}
