import pg from 'pg'
import type { CatalogObject } from '../catalog-object.ts'
import { withoutArguments } from './lists.ts'
import type { Mender } from './mender.ts'
import { type Change, defined, has } from './sides.ts'

const defaults = (routine: CatalogObject): number =>
  (has(routine, 'arguments') ?? '').split(' DEFAULT ').length - 1

/** CREATE OR REPLACE keeps the names of arguments and what is returned, and takes no default away. */
const mayReplace = ({ from, to, names }: Change): boolean =>
  !names.has('returns') &&
  from.definition['identity arguments'] === to.definition['identity arguments'] &&
  defaults(from) <= defaults(to)

export const routines: Mender = {
  renewable: true,
  create: (routine) => [defined(routine, 'definition').trimEnd()],
  // The definition says CREATE OR REPLACE by itself.
  alter: (change) => (mayReplace(change) ? [defined(change.to, 'definition').trimEnd()] : null),
}

type Clause = readonly [name: string, clause: (value: string) => string | null]

const named =
  (word: string) =>
  (value: string): string =>
    `${word} = ${withoutArguments(value)}`
const plain =
  (word: string) =>
  (value: string): string =>
    `${word} = ${value}`
const literal =
  (word: string) =>
  (value: string): string =>
    `${word} = ${pg.escapeLiteral(value).trim()}`
const flag =
  (word: string) =>
  (value: string): string | null =>
    value === 'true' ? word : null
const modify =
  (word: string) =>
  (value: string): string =>
    `${word} = ${value.toUpperCase().replace(' ', '_')}`

/** `finalfunc_modify` is of one kind of aggregate read only by default, of the others read write: it is always said. */
const aggregateClauses: readonly Clause[] = [
  ['state function', named('SFUNC')],
  ['state type', plain('STYPE')],
  ['state space', plain('SSPACE')],
  ['final function', named('FINALFUNC')],
  ['final extra', flag('FINALFUNC_EXTRA')],
  ['final modify', modify('FINALFUNC_MODIFY')],
  ['combine function', named('COMBINEFUNC')],
  ['serialize function', named('SERIALFUNC')],
  ['deserialize function', named('DESERIALFUNC')],
  ['initial state', literal('INITCOND')],
  ['moving state function', named('MSFUNC')],
  ['moving inverse function', named('MINVFUNC')],
  ['moving state type', plain('MSTYPE')],
  ['moving state space', plain('MSSPACE')],
  ['moving final function', named('MFINALFUNC')],
  ['moving final extra', flag('MFINALFUNC_EXTRA')],
  ['moving initial state', literal('MINITCOND')],
  ['sort operator', (value) => `SORTOP = OPERATOR(${withoutArguments(value)})`],
  ['parallel', (value) => `PARALLEL = ${value.toUpperCase()}`],
]

const aggregate = (object: CatalogObject, replace: string): string => {
  const clauses = aggregateClauses.flatMap(([name, clause]) => {
    const value = has(object, name)
    return [value === null ? null : clause(value)].filter((text) => text !== null)
  })
  const moving = has(object, 'moving state function') === null ? null : has(object, 'moving final modify')
  if (moving !== null) clauses.push(modify('MFINALFUNC_MODIFY')(moving))
  if (has(object, 'aggregate kind') === 'hypothetical set') clauses.push('HYPOTHETICAL')
  const signature = `${defined(object, 'schema')}.${defined(object, 'name')}(${has(object, 'arguments') || '*'})`
  return `CREATE ${replace}AGGREGATE ${signature} (\n  ${clauses.join(',\n  ')}\n)`
}

export const aggregates: Mender = {
  renewable: true,
  create: (object) => [aggregate(object, '')],
  alter: (change) =>
    mayReplace(change) && !change.names.has('state type') ? [aggregate(change.to, 'OR REPLACE ')] : null,
}
