import type { CatalogObject } from '../catalog-object.ts'
import { withoutArguments } from './lists.ts'
import type { Mender } from './mender.ts'
import { defined, has } from './sides.ts'

const clauses: readonly (readonly [name: string, clause: (value: string) => string])[] = [
  ['function', (value) => `FUNCTION = ${withoutArguments(value)}`],
  ['commutator', (value) => `COMMUTATOR = OPERATOR(${withoutArguments(value)})`],
  ['negator', (value) => `NEGATOR = OPERATOR(${withoutArguments(value)})`],
  ['restrict', (value) => `RESTRICT = ${withoutArguments(value)}`],
  ['join', (value) => `JOIN = ${withoutArguments(value)}`],
]

/** An operator by its name alone, as CREATE has it: in the statement its arguments are clauses. */
const operatorName = (operator: CatalogObject): string =>
  `${defined(operator, 'schema')}.${defined(operator, 'name')}`

export const operators: Mender = {
  renewable: true,
  create(operator) {
    const { left, right } = operator.definition
    const parts = [
      ...(left === null || left === undefined ? [] : [`LEFTARG = ${left}`]),
      ...(right === null || right === undefined ? [] : [`RIGHTARG = ${right}`]),
      ...clauses.flatMap(([name, clause]) => {
        const value = has(operator, name)
        return value === null ? [] : [clause(value)]
      }),
      ...(has(operator, 'hashes') === 'true' ? ['HASHES'] : []),
      ...(has(operator, 'merges') === 'true' ? ['MERGES'] : []),
    ]
    return [`CREATE OPERATOR ${operatorName(operator)} (${parts.join(', ')})`]
  },
  alter({ to, names }) {
    if (![...names].every((name) => name === 'restrict' || name === 'join')) return null
    const set = [...names].map((name) => {
      const value = has(to, name)
      return `${name.toUpperCase()} = ${value === null ? 'NONE' : withoutArguments(value)}`
    })
    return [`ALTER OPERATOR ${to.identity} SET (${set.join(', ')})`]
  },
}

/** `shop.moods USING btree` of `shop.moods using btree`. */
const ofMethod = (object: CatalogObject): string =>
  `${defined(object, 'schema')}.${defined(object, 'name')} USING ${defined(object, 'method')}`

export const operatorFamilies: Mender = {
  renewable: true,
  create(family) {
    const members = has(family, 'members')
    return [
      `CREATE OPERATOR FAMILY ${ofMethod(family)}`,
      ...(members === null ? [] : [`ALTER OPERATOR FAMILY ${ofMethod(family)} ADD ${members}`]),
    ]
  },
}

export const operatorClasses: Mender = {
  renewable: true,
  create(object) {
    const [storage, members] = [has(object, 'storage'), has(object, 'members')]
    const parts = [
      ...(members === null ? [] : [members]),
      ...(storage === null ? [] : [`STORAGE ${storage}`]),
    ]
    return [
      [
        `CREATE OPERATOR CLASS ${defined(object, 'schema')}.${defined(object, 'name')}`,
        ...(has(object, 'default') === 'true' ? ['DEFAULT'] : []),
        `FOR TYPE ${has(object, 'type')} USING ${defined(object, 'method')} FAMILY ${has(object, 'family')} AS`,
        parts.length === 0 ? `STORAGE ${has(object, 'type')}` : parts.join(', '),
      ].join(' '),
    ]
  },
}

export const accessMethods: Mender = {
  create: (method) => [
    `CREATE ACCESS METHOD ${method.identity} TYPE ${has(method, 'type')?.toUpperCase()} HANDLER ${withoutArguments(has(method, 'handler') ?? '')}`,
  ],
}
