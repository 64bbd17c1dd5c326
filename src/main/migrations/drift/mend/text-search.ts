import type { CatalogObject } from '../catalog-object.ts'
import { pieces, withoutArguments } from './lists.ts'
import type { Mender } from './mender.ts'
import { has } from './sides.ts'

/** Dictionaries by kind of token. */
const mappings = (configuration: CatalogObject): Map<string, string> =>
  new Map(
    pieces(has(configuration, 'mappings'), ';').map((mapping) => {
      const [token = '', ...dictionaries] = mapping.split(': ')
      return [token, dictionaries.join(': ')]
    }),
  )

const alter = (configuration: CatalogObject, action: string): string =>
  `ALTER TEXT SEARCH CONFIGURATION ${configuration.identity} ${action}`

const addMapping = (configuration: CatalogObject, token: string, dictionaries: string): string =>
  alter(configuration, `ADD MAPPING FOR ${token} WITH ${dictionaries}`)

export const configurations: Mender = {
  renewable: true,
  create: (configuration) => [
    `CREATE TEXT SEARCH CONFIGURATION ${configuration.identity} (PARSER = ${has(configuration, 'parser')})`,
    ...[...mappings(configuration)].map(([token, dictionaries]) =>
      addMapping(configuration, token, dictionaries),
    ),
  ],
  alter({ from, to, names }) {
    if (names.has('parser')) return null
    const [before, after] = [mappings(from), mappings(to)]
    return [...new Set([...before.keys(), ...after.keys()])].flatMap((token) => {
      const dictionaries = after.get(token)
      if (before.get(token) === dictionaries) return []
      if (dictionaries === undefined) return [alter(to, `DROP MAPPING FOR ${token}`)]
      if (!before.has(token)) return [addMapping(to, token, dictionaries)]
      return [alter(to, `ALTER MAPPING FOR ${token} WITH ${dictionaries}`)]
    })
  },
}

const options = (dictionary: CatalogObject): Map<string, string> =>
  new Map(
    pieces(has(dictionary, 'options')).map((option) => {
      const [name = '', ...value] = option.split(' = ')
      return [name, value.join(' = ')]
    }),
  )

export const dictionaries: Mender = {
  renewable: true,
  create: (dictionary) => [
    `CREATE TEXT SEARCH DICTIONARY ${dictionary.identity} (${[`TEMPLATE = ${has(dictionary, 'template')}`, ...pieces(has(dictionary, 'options'))].join(', ')})`,
  ],
  alter({ from, to, names }) {
    if (names.has('template')) return null
    const [before, after] = [options(from), options(to)]
    const changes = [
      ...[...before.keys()].filter((name) => !after.has(name)),
      ...[...after].flatMap(([name, value]) => (before.get(name) === value ? [] : [`${name} = ${value}`])),
    ]
    return [`ALTER TEXT SEARCH DICTIONARY ${to.identity} (${changes.join(', ')})`]
  },
}

const functions = (object: CatalogObject, words: Readonly<Record<string, string>>): string =>
  Object.entries(words)
    .flatMap(([name, word]) => {
      const value = has(object, name)
      return value === null ? [] : [`${word} = ${withoutArguments(value)}`]
    })
    .join(', ')

export const parsers: Mender = {
  create: (parser) => [
    `CREATE TEXT SEARCH PARSER ${parser.identity} (${functions(parser, { start: 'START', token: 'GETTOKEN', end: 'END', headline: 'HEADLINE', lextypes: 'LEXTYPES' })})`,
  ],
}

export const templates: Mender = {
  create: (template) => [
    `CREATE TEXT SEARCH TEMPLATE ${template.identity} (${functions(template, { init: 'INIT', lexize: 'LEXIZE' })})`,
  ],
}
