import type { CatalogObject } from '../catalog-object.ts'
import { type Change, has } from './sides.ts'

/** What a sequence is made of, in the words of CREATE SEQUENCE. */
const clauses: readonly (readonly [name: string, clause: (value: string) => string])[] = [
  ['type', (value) => `AS ${value}`],
  ['increment', (value) => `INCREMENT BY ${value}`],
  ['minimum', (value) => `MINVALUE ${value}`],
  ['maximum', (value) => `MAXVALUE ${value}`],
  ['start', (value) => `START WITH ${value}`],
  ['cache', (value) => `CACHE ${value}`],
  ['cycle', (value) => (value === 'true' ? 'CYCLE' : 'NO CYCLE')],
]

/** Options of CREATE SEQUENCE; `prefix` stands before their names where the sequence is a part of a column. */
export const sequenceOptions = (object: CatalogObject, prefix = ''): string[] =>
  clauses.flatMap(([name, clause]) => {
    const value = has(object, `${prefix}${name}`)
    // A column's type is its sequence's, too.
    return value === null || (prefix !== '' && name === 'type') ? [] : [clause(value)]
  })

/** The options that changed. */
export const changedSequenceOptions = ({ to, names }: Change, prefix = ''): string[] =>
  clauses.flatMap(([name, clause]) => {
    const value = has(to, `${prefix}${name}`)
    return value === null || !names.has(`${prefix}${name}`) ? [] : [clause(value)]
  })
