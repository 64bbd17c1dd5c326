import pg from 'pg'
import type { CatalogObject, Snapshot } from '../catalog-object.ts'
import { relationOf as relationOfPart } from './grants.ts'
import type { Mender } from './mender.ts'
import { changedForeignOptions, changedStorageOptions, foreignOptions, isOption } from './options.ts'
import { changedSequenceOptions, sequenceOptions } from './sequence-options.ts'
import { type Change, changeOf, defined, has, type Sides } from './sides.ts'

const relationOf = (column: CatalogObject, sides: Sides): CatalogObject => {
  const relation = relationOfPart(column, sides)
  if (relation === undefined) throw new Error(`Column ${column.identity} is part of nothing.`)
  return relation
}

/** `public.s` of `public` and `s`, as the attribute `sequence` of an identity column has it. */
const identityClause = (column: CatalogObject, how: string): string => {
  const sequence = has(column, 'sequence')
  const options = [
    ...(sequence === null ? [] : [`SEQUENCE NAME ${sequence}`]),
    ...sequenceOptions(column, 'sequence '),
  ]
  return `GENERATED ${how.toUpperCase()} AS IDENTITY (${options.join(' ')})`
}

const collate = (column: CatalogObject): string => {
  const collation = has(column, 'collation')
  return collation === null ? '' : ` COLLATE ${collation}`
}

/** From 18 on a NOT NULL may be not valid, or not for children. */
const notNullWords = (value: string): string => value.replace('true', '').replace(', ', ' ').toUpperCase()

const isGenerated = (column: CatalogObject): boolean => has(column, 'generated') !== null

/** A column as CREATE TABLE and ADD COLUMN have it; what else is to say of it follows by `columnFollowing`. */
export const columnDefinition = (column: CatalogObject, relation: CatalogObject): string => {
  const [preset, identity, notNull] = [
    has(column, 'default'),
    has(column, 'identity'),
    has(column, 'not null'),
  ]
  return [
    `${defined(column, 'name')} ${has(column, 'type')}`,
    relation.kind === 'foreign table' ? foreignOptions(column).trim() : '',
    collate(column).trim(),
    isGenerated(column)
      ? `GENERATED ALWAYS AS (${has(column, 'generated')}) ${has(column, 'generated as')?.toUpperCase()}`
      : '',
    preset === null ? '' : `DEFAULT ${preset}`,
    identity === null ? '' : identityClause(column, identity),
    notNull === 'true' ? 'NOT NULL' : '',
  ]
    .filter((piece) => piece !== '')
    .join(' ')
}

type Place = { relation: CatalogObject; name: string }

const alter = ({ relation, name }: Place, action: string): string =>
  `ALTER ${relation.kind.toUpperCase()} ${relation.identity} ALTER COLUMN ${name} ${action}`

const defaultStorage = (to: Snapshot, column: CatalogObject): string =>
  to.version >= 160000 ? 'DEFAULT' : (column.definition['default storage'] ?? 'DEFAULT').toUpperCase()

/** What is said of a column apart from its definition. */
const details = (place: Place, change: Change): string[] => {
  const { to, names, sides } = change
  const when = (name: string, action: (value: string | null) => string): string[] =>
    names.has(name) ? [alter(place, action(has(to, name)))] : []
  const options =
    place.relation.kind === 'foreign table' ? changedForeignOptions(change) : changedStorageOptions(change)
  const sequence = has(to, 'sequence')
  return [
    ...when('storage', (value) => `SET STORAGE ${value?.toUpperCase() ?? defaultStorage(sides.to, to)}`),
    ...when('compression', (value) => `SET COMPRESSION ${value ?? 'default'}`),
    ...when('statistics', (value) => `SET STATISTICS ${value ?? '-1'}`),
    ...options.map((action) => alter(place, action)),
    ...(names.has('sequence comment') && sequence !== null
      ? [`COMMENT ON SEQUENCE ${sequence} IS ${literalOrNull(has(to, 'sequence comment'))}`]
      : []),
  ]
}

const literalOrNull = (value: string | null): string =>
  value === null ? 'NULL' : pg.escapeLiteral(value).trim()

/** What a new column needs after its definition. */
export const columnFollowing = (column: CatalogObject, relation: CatalogObject, sides: Sides): string[] => {
  const place = { relation, name: defined(column, 'name') }
  const bare: CatalogObject = {
    ...column,
    attributes: Object.fromEntries(
      Object.entries(column.attributes).filter(
        // Said in the definition already.
        ([name]) => relation.kind === 'foreign table' && isOption(name),
      ),
    ),
  }
  const notNull = has(column, 'not null')
  const late = notNull !== null && !['true', 'false'].includes(notNull)
  const said = details(place, changeOf(bare, column, sides))
  return late
    ? [`ALTER TABLE ${relation.identity} ADD NOT NULL ${place.name} ${notNullWords(notNull)}`, ...said]
    : said
}

const typeActions = (place: Place, { from, to, names }: Change): string[] => {
  if (!names.has('type') && !names.has('collation')) return []
  const type = `${has(to, 'type')}${collate(to)}`
  const using = names.has('type') ? ` USING ${place.name}::${has(to, 'type')}` : ''
  return [
    // It would be cast along, and may have no cast.
    ...(has(from, 'default') === null || isGenerated(from) ? [] : [alter(place, 'DROP DEFAULT')]),
    alter(place, `TYPE ${type}${place.relation.kind === 'foreign table' || isGenerated(to) ? '' : using}`),
  ]
}

const defaultActions = (place: Place, { from, to, names }: Change): string[] => {
  const [before, after] = [has(from, 'default'), has(to, 'default')]
  const dropped = names.has('type') || names.has('collation')
  if (!names.has('default') && !(dropped && before !== null)) return []
  if (after !== null) return [alter(place, `SET DEFAULT ${after}`)]
  return dropped && before !== null ? [] : [alter(place, 'DROP DEFAULT')]
}

const notNullActions = (place: Place, { from, to, names }: Change): string[] => {
  if (!names.has('not null')) return []
  const [before, after] = [has(from, 'not null'), has(to, 'not null') ?? 'false']
  const drop = before === 'false' || before === null ? [] : [alter(place, 'DROP NOT NULL')]
  if (after === 'false') return drop
  if (after === 'true' && drop.length === 0) return [alter(place, 'SET NOT NULL')]
  return [
    ...drop,
    `ALTER TABLE ${place.relation.identity} ADD NOT NULL ${place.name} ${notNullWords(after)}`.trim(),
  ]
}

const identityActions = (place: Place, change: Change): string[] => {
  const { from, to, names } = change
  const [before, after] = [has(from, 'identity'), has(to, 'identity')]
  if (after === null) return before === null ? [] : [alter(place, 'DROP IDENTITY')]
  if (before === null) return [alter(place, `ADD ${identityClause(to, after)}`)]
  const [named, name] = [has(from, 'sequence'), has(to, 'sequence')]
  const set = [
    ...(names.has('identity') ? [`SET GENERATED ${after.toUpperCase()}`] : []),
    ...changedSequenceOptions(change, 'sequence ').map((clause) => `SET ${clause}`),
  ]
  return [
    ...(named === name || named === null || name === null
      ? []
      : [`ALTER SEQUENCE ${named} RENAME TO ${to.definition['sequence name'] ?? name.split('.').at(-1)}`]),
    ...(set.length === 0 ? [] : [alter(place, set.join(' '))]),
  ]
}

/** An expression can be dropped; put in place of another from 17 on; everything else is another column. */
const generatedActions = (place: Place, { from, to, names, sides }: Change): string[] | null => {
  if (!names.has('generated') && !names.has('generated as')) return []
  if (!isGenerated(to))
    return has(from, 'generated as') === 'stored' ? [alter(place, 'DROP EXPRESSION')] : null
  const settable = isGenerated(from) && !names.has('generated as') && sides.to.version >= 170000
  return settable ? [alter(place, `SET EXPRESSION AS (${has(to, 'generated')})`)] : null
}

const alterRelation = (relation: CatalogObject, action: string): string =>
  `ALTER ${relation.kind.toUpperCase()} ${relation.identity} ${action}`

/** Columns of a view are its query's. */
const isOfQuery = ({ kind }: CatalogObject): boolean => kind === 'view' || kind === 'materialized view'

export const columns: Mender = {
  create(column, sides) {
    const relation = relationOf(column, sides)
    if (isOfQuery(relation)) return null
    const add = alterRelation(relation, `ADD COLUMN ${columnDefinition(column, relation)}`)
    return [add, ...columnFollowing(column, relation, sides)]
  },
  drop(column, sides) {
    return [alterRelation(relationOf(column, sides), `DROP COLUMN ${defined(column, 'name')}`)]
  },
  takesAway: (column) => `the values of ${column.identity}`,
  alter(change) {
    const { to, sides, names } = change
    const relation = relationOf(to, sides)
    const place = { relation, name: defined(to, 'name') }
    if (isOfQuery(relation) && (names.has('type') || relation.kind === 'materialized view'))
      return names.has('type') ? null : details(place, change)
    const expression = generatedActions(place, change)
    if (expression === null) return null
    return [
      // An identity or a default has to go before the other comes.
      ...(has(to, 'identity') === null ? identityActions(place, change) : []),
      ...expression,
      ...typeActions(place, change),
      ...defaultActions(place, change),
      ...notNullActions(place, change),
      ...(has(to, 'identity') === null ? [] : identityActions(place, change)),
      ...details(place, change),
    ]
  },
}
