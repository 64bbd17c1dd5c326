import type { CatalogObject } from '../catalog-object.ts'
import { wordOf } from './address.ts'
import { type Change, has, type Sides } from './sides.ts'

const prefix = 'grants to '
const ofPublic = `${prefix}PUBLIC`
const ofOwner = `${prefix}its owner`
const passOn = ' WITH GRANT OPTION'

export const isGrant = (name: string): boolean => name.startsWith(prefix)

const privileges = (value: string | null): Map<string, boolean> =>
  new Map(
    (value ?? '')
      .split(', ')
      .filter((word) => word !== '')
      .map((word) => [word.replace(passOn, ''), word.endsWith(passOn)]),
  )

/** What stands around the privileges of GRANT and REVOKE. */
type Frame = {
  /** `ALTER DEFAULT PRIVILEGES … `, or nothing. */
  lead: string
  on: string
  /** The column that each privilege is for. */
  column: string | null
}

/** GRANT and REVOKE for one grantee. */
const between = ({ lead, on, column }: Frame, role: string, before: string | null, after: string | null) => {
  const [had, wanted] = [privileges(before), privileges(after)]
  const statement = (names: string[], open: string, close: string): string[] => {
    const list = names.map((name) => (column === null ? name : `${name} (${column})`)).join(', ')
    return names.length === 0 ? [] : [`${lead}${open} ${list} ON ${on} ${close}`]
  }
  const chosen = (from: Map<string, boolean>, test: (name: string, option: boolean) => boolean): string[] =>
    [...from].flatMap(([name, option]) => (test(name, option) ? [name] : []))
  return [
    ...statement(
      chosen(had, (name) => !wanted.has(name)),
      'REVOKE',
      `FROM ${role}`,
    ),
    ...statement(
      chosen(had, (name, option) => option && wanted.get(name) === false),
      'REVOKE GRANT OPTION FOR',
      `FROM ${role}`,
    ),
    ...statement(
      chosen(wanted, (name, option) => !option && !had.has(name)),
      'GRANT',
      `TO ${role}`,
    ),
    ...statement(
      chosen(wanted, (name, option) => option && had.get(name) !== true),
      'GRANT',
      `TO ${role}${passOn}`,
    ),
  ]
}

const relationKinds = ['table', 'foreign table', 'view', 'materialized view'] as const

/** The relation that a column, a trigger … is a part of. */
export const relationOf = ({ parent }: CatalogObject, { from, to }: Sides): CatalogObject | undefined =>
  [to, from]
    .flatMap(({ objects }) => relationKinds.map((kind) => objects.get(`${kind} ${parent}`)))
    .find((object) => object !== undefined)

const frameOf = (object: CatalogObject): Frame => {
  const frame = { lead: '', column: null }
  switch (object.kind) {
    case 'view':
    case 'materialized view':
    case 'foreign table':
      return { ...frame, on: `TABLE ${object.identity}` }
    case 'aggregate':
      return { ...frame, on: `FUNCTION ${object.identity}` }
    case 'foreign server':
      return { ...frame, on: `FOREIGN SERVER ${object.identity}` }
    case 'column':
      return { ...frame, on: `TABLE ${object.parent}`, column: object.definition.name ?? null }
    case 'default privileges': {
      const { role, schema, objects } = object.definition
      const within = schema === null || schema === undefined ? '' : ` IN SCHEMA ${schema}`
      return {
        ...frame,
        lead: `ALTER DEFAULT PRIVILEGES FOR ROLE ${role}${within} `,
        on: (objects ?? '').toUpperCase(),
      }
    }
    default:
      return { ...frame, on: `${wordOf(object)} ${object.identity}` }
  }
}

const roleOf = (name: string, object: CatalogObject, sides: Sides): string => {
  if (name !== ofOwner) return name.slice(prefix.length)
  const owned = object.kind === 'column' ? relationOf(object, sides) : object
  // Migrations run as the owner of the database.
  return owned?.definition.role ?? owned?.attributes.owner ?? 'CURRENT_ROLE'
}

/** Rights that changed. */
export const changedGrants = ({ from, to, names, sides }: Change): string[] =>
  [...names]
    .filter(isGrant)
    .sort()
    .flatMap((name) => between(frameOf(to), roleOf(name, to, sides), has(from, name), has(to, name)))

/** What an object opens to PUBLIC when it is made. https://www.postgresql.org/docs/current/ddl-priv.html */
const openToPublic: Readonly<Record<string, string>> = {
  function: 'EXECUTE',
  procedure: 'EXECUTE',
  aggregate: 'EXECUTE',
  type: 'USAGE',
  domain: 'USAGE',
  language: 'USAGE',
  functions: 'EXECUTE',
  types: 'USAGE',
}

const ofTable = 'DELETE, INSERT, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE'

/** What it lets its owner do. 17 adds MAINTAIN to what is a table's, which nobody revokes alone. */
const openToOwner: Readonly<Record<string, string>> = {
  ...openToPublic,
  table: ofTable,
  'foreign table': ofTable,
  view: ofTable,
  'materialized view': ofTable,
  tables: ofTable,
  sequence: 'SELECT, UPDATE, USAGE',
  sequences: 'SELECT, UPDATE, USAGE',
  schema: 'CREATE, USAGE',
  schemas: 'CREATE, USAGE',
  'foreign-data wrapper': 'USAGE',
  'foreign server': 'USAGE',
  'large objects': 'SELECT, UPDATE',
}

const atFirst = (what: string, name: string, wanted: string | null): string | null => {
  if (name === ofPublic) return openToPublic[what] ?? null
  if (name !== ofOwner) return null
  const owners = openToOwner[what] ?? null
  return wanted?.replace('MAINTAIN, ', '') === owners ? wanted : owners
}

/** In whose default privileges a kind is. */
const classOf = (kind: CatalogObject['kind']): string => {
  switch (kind) {
    case 'sequence':
    case 'schema':
      return `${kind}s`
    case 'function':
    case 'procedure':
    case 'aggregate':
      return 'functions'
    case 'type':
    case 'domain':
      return 'types'
    default:
      return 'tables'
  }
}

/** Rights of a new object: default privileges may have opened it to more, or less, than its kind is by itself. */
export const newGrants = (object: CatalogObject, sides: Sides): string[] => {
  const wanted = Object.keys(object.attributes).filter(isGrant)
  const frame = frameOf(object)
  const statement = (name: string, before: string | null): string[] =>
    between(frame, roleOf(name, object, sides), before, has(object, name))
  if (object.kind === 'column') return wanted.sort().flatMap((name) => statement(name, null))
  if (openToOwner[object.kind] === undefined) return []
  const byDefault = [...sides.from.objects.values(), ...sides.to.objects.values()]
    .filter(({ kind, definition }) => {
      if (kind !== 'default privileges' || definition.objects !== classOf(object.kind)) return false
      return [null, undefined, object.definition.schema].includes(definition.schema)
    })
    .flatMap(({ attributes, definition }) => [
      // An entry of a schema takes nothing away.
      ...(definition.schema === null ? [ofPublic] : []),
      ...Object.keys(attributes).filter(isGrant),
    ])
  const unsure = new Set(byDefault.filter((name) => name !== ofOwner))
  return [...new Set([...wanted, ofPublic, ofOwner, ...unsure])].sort().flatMap((name) => {
    if (!unsure.has(name)) return statement(name, atFirst(object.kind, name, has(object, name)))
    return [`REVOKE ALL ON ${frame.on} FROM ${roleOf(name, object, sides)}`, ...statement(name, null)]
  })
}

/** An entry that is not there: those of a schema add to nothing, the others stand in place of what a kind is by itself. */
const withoutEntry = (entry: CatalogObject, other: CatalogObject): Record<string, string | null> => {
  const { schema, objects } = entry.definition
  if (schema !== null && schema !== undefined) return {}
  const names = [ofPublic, ofOwner]
  return Object.fromEntries(names.map((name) => [name, atFirst(objects ?? '', name, has(other, name))]))
}

/** An entry of default privileges that is made (`to`) or goes (`from`). */
export const entryOfDefaults = (entry: CatalogObject, way: 'to' | 'from', sides: Sides): string[] => {
  const empty: CatalogObject = { ...entry, attributes: withoutEntry(entry, entry) }
  const [from, to] = way === 'to' ? [empty, entry] : [entry, empty]
  const names = new Set([...Object.keys(from.attributes), ...Object.keys(to.attributes)])
  return changedGrants({ from, to, names, sides })
}
