import type { Difference } from '../../../src/shared/migrations.ts'

/** One statement (or what belongs together) on the objects of `drift-objects.sql`, and the one difference that it makes. */
export type Change = {
  what: string
  sql: string
  finds: {
    change: Difference['change']
    kind: string
    identity: string
    /** The attributes that differ; of an object that is there on one side only, none are named. */
    attributes: readonly string[]
  }
  /** `server_version_num` that knows it. */
  since?: number
}

type Finds = Change['finds']

export const unexpected = (kind: string, identity: string): Finds => ({
  change: 'unexpected',
  kind,
  identity,
  attributes: [],
})
export const missing = (kind: string, identity: string): Finds => ({
  change: 'missing',
  kind,
  identity,
  attributes: [],
})
export const changed = (kind: string, identity: string, ...attributes: string[]): Finds => ({
  change: 'changed',
  kind,
  identity,
  attributes,
})
