import pg from 'pg'
import type { CatalogObject } from '../catalog-object.ts'
import { pieces, withoutArguments } from './lists.ts'
import type { Mender } from './mender.ts'
import { type Change, has } from './sides.ts'

const labels = (type: CatalogObject): string[] => pieces(has(type, 'labels'))

/** Values can be added and renamed, never taken away or put elsewhere. */
const alterEnum = ({ from, to }: Change): string[] | null => {
  const [before, after] = [labels(from), labels(to)]
  const other = after.flatMap((label, index) => (label === before[index] ? [] : [index]))
  const [only] = other
  if (before.length === after.length && other.length === 1 && only !== undefined)
    return [`ALTER TYPE ${to.identity} RENAME VALUE ${before[only]} TO ${after[only]}`]
  const kept = after.filter((label) => before.includes(label))
  if (kept.length !== before.length || kept.some((label, index) => label !== before[index])) return null
  return after.flatMap((label, index) => {
    if (before.includes(label)) return []
    const next = after.slice(index + 1).find((following) => before.includes(following))
    return [`ALTER TYPE ${to.identity} ADD VALUE ${label}${next === undefined ? '' : ` BEFORE ${next}`}`]
  })
}

const attributeNames = (type: CatalogObject): string[] => pieces(has(type, 'order'))
const attribute = (type: CatalogObject, name: string): string | null => has(type, `attribute ${name}`)

const attributeComments = (type: CatalogObject, names: readonly string[]): string[] =>
  names.map((name) => {
    const comment = has(type, `comment on ${name}`)
    const text = comment === null ? 'NULL' : pg.escapeLiteral(comment).trim()
    return `COMMENT ON COLUMN ${type.identity}.${name} IS ${text}`
  })

/** Attributes are added at the end. */
const alterComposite = ({ from, to, names }: Change): string[] | null => {
  const [before, after] = [attributeNames(from), attributeNames(to)]
  const kept = before.filter((name) => after.includes(name))
  const added = after.filter((name) => !before.includes(name))
  if ([...kept, ...added].join() !== after.join()) return null
  const actions = [
    ...before.filter((name) => !after.includes(name)).map((name) => `DROP ATTRIBUTE ${name}`),
    ...kept.flatMap((name) =>
      attribute(from, name) === attribute(to, name)
        ? []
        : [`ALTER ATTRIBUTE ${name} TYPE ${attribute(to, name)}`],
    ),
    ...added.map((name) => `ADD ATTRIBUTE ${name} ${attribute(to, name)}`),
  ]
  const commented = after.filter((name) => names.has(`comment on ${name}`))
  return [
    ...(actions.length === 0 ? [] : [`ALTER TYPE ${to.identity} ${actions.join(', ')}`]),
    ...attributeComments(to, commented),
  ]
}

const rangeClauses: readonly (readonly [name: string, word: string])[] = [
  ['subtype', 'SUBTYPE'],
  ['operator class', 'SUBTYPE_OPCLASS'],
  ['collation', 'COLLATION'],
  ['canonical', 'CANONICAL'],
  ['difference', 'SUBTYPE_DIFF'],
  ['multirange', 'MULTIRANGE_TYPE_NAME'],
]

const createRange = (type: CatalogObject): string => {
  const clauses = rangeClauses.flatMap(([name, word]) => {
    const value = has(type, name)
    return value === null ? [] : [`${word} = ${name === 'subtype' ? value : withoutArguments(value)}`]
  })
  return `CREATE TYPE ${type.identity} AS RANGE (${clauses.join(', ')})`
}

export const types: Mender = {
  renewable: true,
  create(type) {
    switch (has(type, 'form')) {
      case 'enum':
        return [`CREATE TYPE ${type.identity} AS ENUM (${labels(type).join(', ')})`]
      case 'composite': {
        const names = attributeNames(type)
        const parts = names.map((name) => `${name} ${attribute(type, name)}`)
        const commented = names.filter((name) => has(type, `comment on ${name}`) !== null)
        return [
          `CREATE TYPE ${type.identity} AS (${parts.join(', ')})`,
          ...attributeComments(type, commented),
        ]
      }
      case 'range':
        return [createRange(type)]
      case 'shell':
        return [`CREATE TYPE ${type.identity}`]
      // A base type and its functions need each other, and a library: somebody has to see to that.
      default:
        return null
    }
  },
  alter(change) {
    if (change.names.has('form')) return null
    switch (has(change.to, 'form')) {
      case 'enum':
        return alterEnum(change)
      case 'composite':
        return alterComposite(change)
      default:
        return null
    }
  },
}

export const domains: Mender = {
  renewable: true,
  create(domain) {
    const [collation, preset] = [has(domain, 'collation'), has(domain, 'default')]
    return [
      [
        `CREATE DOMAIN ${domain.identity} AS ${has(domain, 'type')}`,
        ...(collation === null ? [] : [`COLLATE ${collation}`]),
        ...(preset === null ? [] : [`DEFAULT ${preset}`]),
        ...(has(domain, 'not null') === 'true' ? ['NOT NULL'] : []),
      ].join(' '),
    ]
  },
  alter({ to, names }) {
    if (names.has('type') || names.has('collation')) return null
    const preset = has(to, 'default')
    const alter = (action: string): string => `ALTER DOMAIN ${to.identity} ${action}`
    return [
      ...(names.has('default') ? [alter(preset === null ? 'DROP DEFAULT' : `SET DEFAULT ${preset}`)] : []),
      ...(names.has('not null')
        ? [alter(has(to, 'not null') === 'true' ? 'SET NOT NULL' : 'DROP NOT NULL')]
        : []),
    ]
  },
}

const collationClauses: readonly (readonly [name: string, word: string])[] = [
  ['provider', 'PROVIDER'],
  ['lc_collate', 'LC_COLLATE'],
  ['lc_ctype', 'LC_CTYPE'],
  ['locale', 'LOCALE'],
  ['rules', 'RULES'],
]

export const collations: Mender = {
  renewable: true,
  create(collation) {
    const clauses = collationClauses.flatMap(([name, word]) => {
      const value = has(collation, name)
      if (value === null) return []
      return [`${word} = ${name === 'provider' ? value : pg.escapeLiteral(value).trim()}`]
    })
    const never =
      has(collation, 'deterministic') === 'false' ? [...clauses, 'DETERMINISTIC = false'] : clauses
    return [`CREATE COLLATION ${collation.identity} (${never.join(', ')})`]
  },
}
