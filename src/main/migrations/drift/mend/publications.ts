import type { CatalogObject } from '../catalog-object.ts'
import { pieces } from './lists.ts'
import type { Mender } from './mender.ts'
import { has } from './sides.ts'

const parameters: readonly (readonly [name: string, word: string, preset: string])[] = [
  ['publish', 'publish', 'insert, update, delete, truncate'],
  ['via root', 'publish_via_partition_root', 'false'],
  ['generated columns', 'publish_generated_columns', 'none'],
]

const setting = (publication: CatalogObject, [name, word, preset]: (typeof parameters)[number]): string =>
  `${word} = '${has(publication, name) ?? preset}'`

/** `TABLE ONLY a, ONLY b (c) WHERE (d), TABLES IN SCHEMA e`; null: nothing but what is said of all tables. */
const contents = (publication: CatalogObject): string | null => {
  const [tables, schemas] = [has(publication, 'tables'), has(publication, 'schemas')]
  const parts = [
    // Each is named; without ONLY those that inherit from it would come along.
    ...(tables === null
      ? []
      : [
          `TABLE ${pieces(tables)
            .map((table) => `ONLY ${table}`)
            .join(', ')}`,
        ]),
    ...(schemas === null ? [] : [`TABLES IN SCHEMA ${schemas}`]),
  ]
  return parts.length === 0 ? null : parts.join(', ')
}

export const publications: Mender = {
  renewable: true,
  create(publication) {
    const held = has(publication, 'all tables') === 'true' ? 'ALL TABLES' : contents(publication)
    const settings = parameters
      .filter(([name, , preset]) => ![null, preset].includes(has(publication, name)))
      .map((parameter) => setting(publication, parameter))
    return [
      `CREATE PUBLICATION ${publication.identity}${held === null ? '' : ` FOR ${held}`}${settings.length === 0 ? '' : ` WITH (${settings.join(', ')})`}`,
    ]
  },
  alter({ to, names }) {
    if (names.has('all tables')) return null
    const held = contents(to)
    const moves = names.has('tables') || names.has('schemas')
    // SET wants at least one.
    if (moves && held === null) return null
    const settings = parameters.filter(([name]) => names.has(name)).map((parameter) => setting(to, parameter))
    const alter = (action: string): string => `ALTER PUBLICATION ${to.identity} SET ${action}`
    return [
      ...(moves && held !== null ? [alter(held)] : []),
      ...(settings.length === 0 ? [] : [alter(`(${settings.join(', ')})`)]),
    ]
  },
}
