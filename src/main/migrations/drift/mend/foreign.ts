import pg from 'pg'
import type { CatalogObject } from '../catalog-object.ts'
import { withoutArguments } from './lists.ts'
import type { Mender } from './mender.ts'
import { changedForeignOptions, foreignOptions, isOption } from './options.ts'
import { type Change, defined, has } from './sides.ts'

/** Stands for the value of an option that may be a secret, which is not read. */
const isSecret = (object: CatalogObject): boolean =>
  Object.entries(object.attributes).some(([name, value]) => isOption(name) && value === '(set)')

/** Without its secrets: somebody who knows them adds them. */
const known = (object: CatalogObject): CatalogObject => ({
  ...object,
  attributes: Object.fromEntries(Object.entries(object.attributes).filter(([, value]) => value !== '(set)')),
})

const secretsMissing = (object: CatalogObject): string =>
  isSecret(object) ? '-- Its secret options are not known here: add them.\n' : ''

const changesSecret = ({ to, names }: Change): boolean =>
  [...names].some((name) => isOption(name) && has(to, name) === '(set)')

export const wrappers: Mender = {
  create: (wrapper) => [
    `${secretsMissing(wrapper)}CREATE FOREIGN DATA WRAPPER ${wrapper.identity}${(['handler', 'validator'] as const).map((name) => functionClause(wrapper, name)).join('')}${foreignOptions(known(wrapper))}`,
  ],
  alter(change) {
    const { to, names } = change
    if (changesSecret(change)) return null
    const functions = (['handler', 'validator'] as const).flatMap((name) => {
      if (!names.has(name)) return []
      return [has(to, name) === null ? ` NO ${name.toUpperCase()}` : functionClause(to, name)]
    })
    const options = changedForeignOptions(change).map((clause) => ` ${clause}`)
    return [`ALTER FOREIGN DATA WRAPPER ${to.identity}${[...functions, ...options].join('')}`]
  },
}

const functionClause = (object: CatalogObject, name: 'handler' | 'validator'): string => {
  const value = has(object, name)
  return value === null ? '' : ` ${name.toUpperCase()} ${withoutArguments(value)}`
}

const quoted = (word: string, value: string | null): string =>
  value === null ? '' : ` ${word} ${pg.escapeLiteral(value).trim()}`

export const servers: Mender = {
  create: (server) => [
    `${secretsMissing(server)}CREATE SERVER ${server.identity}${quoted('TYPE', has(server, 'type'))}${quoted('VERSION', has(server, 'version'))} FOREIGN DATA WRAPPER ${has(server, 'wrapper')}${foreignOptions(known(server))}`,
  ],
  alter(change) {
    const { to, names } = change
    if (names.has('wrapper') || names.has('type') || changesSecret(change)) return null
    const version = names.has('version') ? quoted('VERSION', has(to, 'version') ?? '') : ''
    const options = changedForeignOptions(change).map((clause) => ` ${clause}`)
    return [`ALTER SERVER ${to.identity}${version}${options.join('')}`]
  },
}

export const userMappings: Mender = {
  create: (mapping) => [
    `-- Its options are not known here: add them, such as OPTIONS (user '…').\nCREATE USER MAPPING FOR ${defined(mapping, 'user')} SERVER ${defined(mapping, 'server')}`,
  ],
}
