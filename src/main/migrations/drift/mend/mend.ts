import pg from 'pg'
import { type CatalogObject, keyOf, type ObjectKind } from '../catalog-object.ts'
import { addressOf } from './address.ts'
import { casts, conversions, languages, transforms } from './casts.ts'
import { columns } from './columns.ts'
import { constraints, domainConstraints } from './constraints.ts'
import { defaultPrivileges } from './default-privileges.ts'
import { extensions } from './extensions.ts'
import { servers, userMappings, wrappers } from './foreign.ts'
import { changedGrants, isGrant, newGrants } from './grants.ts'
import { indexes, statistics } from './indexes.ts'
import type { Mender } from './mender.ts'
import { accessMethods, operatorClasses, operatorFamilies, operators } from './operators.ts'
import { publications } from './publications.ts'
import { tables, views } from './relations.ts'
import { dependentsOf } from './renew.ts'
import { aggregates, routines } from './routines.ts'
import { schemas } from './schemas.ts'
import { sequences } from './sequences.ts'
import { type Change, changeOf, has, type Sides } from './sides.ts'
import { configurations, dictionaries, parsers, templates } from './text-search.ts'
import { eventTriggers, policies, rules, triggers } from './triggers.ts'
import { collations, domains, types } from './types.ts'

/** The database itself is neither made nor dropped by migrations. */
const database: Mender = { create: () => null, drop: () => [] }

const menders: Readonly<Record<ObjectKind, Mender>> = {
  database,
  schema: schemas,
  extension: extensions,
  language: languages,
  type: types,
  domain: domains,
  'domain constraint': domainConstraints,
  collation: collations,
  function: routines,
  procedure: routines,
  aggregate: aggregates,
  operator: operators,
  'operator family': operatorFamilies,
  'operator class': operatorClasses,
  cast: casts,
  conversion: conversions,
  transform: transforms,
  'access method': accessMethods,
  'text search parser': parsers,
  'text search template': templates,
  'text search dictionary': dictionaries,
  'text search configuration': configurations,
  'foreign-data wrapper': wrappers,
  'foreign server': servers,
  'user mapping': userMappings,
  sequence: sequences,
  table: tables,
  'foreign table': tables,
  view: views,
  'materialized view': views,
  column: columns,
  constraint: constraints,
  index: indexes,
  statistics,
  trigger: triggers,
  rule: rules,
  policy: policies,
  'event trigger': eventTriggers,
  publication: publications,
  'default privileges': defaultPrivileges,
}

const owner = (object: CatalogObject): string[] => {
  const role = has(object, 'owner')
  return role === null ? [] : [`ALTER ${addressOf(object)} OWNER TO ${role}`]
}

const comment = (object: CatalogObject): string => {
  const text = has(object, 'comment')
  return `COMMENT ON ${addressOf(object)} IS ${text === null ? 'NULL' : pg.escapeLiteral(text).trim()}`
}

const commentIfAny = (object: CatalogObject): string[] =>
  has(object, 'comment') === null ? [] : [comment(object)]

const columnsOf = (relation: CatalogObject, { to }: Sides): CatalogObject[] =>
  [...to.objects.values()].filter(({ kind, parent }) => kind === 'column' && parent === relation.identity)

const relationKinds: ReadonlySet<ObjectKind> = new Set(['table', 'foreign table', 'view', 'materialized view'])

/** An object with all that is said of it. Null: a person must decide. */
const make = (object: CatalogObject, sides: Sides): string[] | null => {
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

const drop = (object: CatalogObject, sides: Sides): string[] =>
  menders[object.kind].drop?.(object, sides) ?? [`DROP ${addressOf(object)}`]

/** Drops an object with what needs it, and makes all of it anew. Null: something among it holds data, or cannot be made. */
const renew = ({ from, to, sides }: Change): string[] | null => {
  const dependents = dependentsOf(from, sides)
  if (![from, ...dependents].every(({ kind }) => menders[kind].renewable === true)) return null
  const made = [
    make(to, sides),
    ...dependents.toReversed().map((dependent) => {
      const wanted = sides.to.objects.get(keyOf(dependent))
      // What the other side does not know stays as it is.
      return wanted === undefined
        ? make(dependent, { from: sides.from, to: sides.from })
        : make(wanted, sides)
    }),
  ]
  if (made.includes(null)) return null
  return [
    ...dependents.flatMap((dependent) => drop(dependent, sides)),
    ...drop(from, sides),
    ...made.flatMap((statements) => statements ?? []),
  ]
}

const isCommon = (name: string): boolean => name === 'owner' || name === 'comment' || isGrant(name)

const change = (whole: Change): string[] | null => {
  const { to, names } = whole
  const own = { ...whole, names: new Set([...names].filter((name) => !isCommon(name))) }
  const mender = menders[to.kind]
  const altered = own.names.size === 0 ? [] : (mender.alter?.(own) ?? null)
  // What is made anew has its owner, comment and grants again.
  if (altered === null) return renew(whole)
  return [
    ...(names.has('owner') ? owner(to) : []),
    ...altered,
    ...changedGrants(whole),
    ...(names.has('comment') ? [comment(to)] : []),
  ]
}

const script = (statements: readonly string[]): string =>
  statements.map((statement) => `${statement};`).join('\n')

const warned = (object: CatalogObject, statements: readonly string[]): string => {
  const loss = menders[object.kind].takesAway?.(object)
  return `${loss === undefined ? '' : `-- Takes away ${loss}.\n`}${script(statements)}`
}

/**
 * SQL that makes one object of `sides.from` what it is in `sides.to`, as one text of statements in the order in which they run. What takes
 * data away says so in a comment at its beginning. Null where a person must decide.
 */
export const mend = (key: string, sides: Sides): string | null => {
  const [from, to] = [sides.from.objects.get(key), sides.to.objects.get(key)]
  if (from === undefined && to === undefined) return null
  if (to === undefined) return from === undefined ? null : warned(from, drop(from, sides))
  const statements = from === undefined ? make(to, sides) : change(changeOf(from, to, sides))
  return statements === null || statements.length === 0 ? null : script(statements)
}
