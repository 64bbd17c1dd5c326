import pg from 'pg'
import type { Mender } from './mender.ts'
import { defined, has } from './sides.ts'

const literal = (value: string | null): string => pg.escapeLiteral(value ?? '').trim()

export const extensions: Mender = {
  create: (extension) => [
    `CREATE EXTENSION ${extension.identity} SCHEMA ${has(extension, 'schema')} VERSION ${literal(has(extension, 'version'))}`,
  ],
  takesAway: (extension) => `what ${extension.identity} brought`,
  alter({ to, names }) {
    if (names.has('schema') && defined(to, 'relocatable') !== 'true') return null
    return [
      ...(names.has('schema') ? [`ALTER EXTENSION ${to.identity} SET SCHEMA ${has(to, 'schema')}`] : []),
      ...(names.has('version')
        ? [`ALTER EXTENSION ${to.identity} UPDATE TO ${literal(has(to, 'version'))}`]
        : []),
    ]
  },
}
