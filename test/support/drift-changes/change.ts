import type { Difference } from '../../../src/shared/migrations.ts'

/** One statement (or what belongs together) on the objects of `drift-objects.sql`, and the one difference that it makes. */
export type Change = {
  what: string
  sql: string
  finds: Finds
  /** What changes with it. */
  also?: readonly Finds[]
  /** It touches what other changes are of, and is tried alone. */
  apart?: true
  /** Sides on which a person must decide how it is mended. */
  undecided?: readonly ('mendDatabase' | 'mendMigrations')[]
  /** `server_version_num` that knows it. */
  since?: number
}

export type Finds = {
  change: Difference['change']
  kind: string
  identity: string
  /** The attributes that differ, in the order of the alphabet; of an object that is there on one side only, none are named. */
  attributes: readonly string[]
}

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
  attributes: attributes.toSorted(),
})
