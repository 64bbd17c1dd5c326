import type { Mender } from './mender.ts'
import { changedSequenceOptions, sequenceOptions } from './sequence-options.ts'
import { has } from './sides.ts'

export const sequences: Mender = {
  create(sequence) {
    const unlogged = has(sequence, 'persistence') === 'unlogged' ? 'UNLOGGED ' : ''
    const owner = has(sequence, 'owned by')
    return [
      `CREATE ${unlogged}SEQUENCE ${sequence.identity} ${sequenceOptions(sequence).join(' ')}`,
      ...(owner === null ? [] : [`ALTER SEQUENCE ${sequence.identity} OWNED BY ${owner}`]),
    ]
  },
  takesAway: (sequence) => `where ${sequence.identity} stands`,
  alter(change) {
    const { to, names } = change
    const options = changedSequenceOptions(change)
    return [
      ...(options.length === 0 ? [] : [`ALTER SEQUENCE ${to.identity} ${options.join(' ')}`]),
      ...(names.has('persistence')
        ? [
            `ALTER SEQUENCE ${to.identity} SET ${has(to, 'persistence') === 'unlogged' ? 'UNLOGGED' : 'LOGGED'}`,
          ]
        : []),
      ...(names.has('owned by')
        ? [`ALTER SEQUENCE ${to.identity} OWNED BY ${has(to, 'owned by') ?? 'NONE'}`]
        : []),
    ]
  },
}
