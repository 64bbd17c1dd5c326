import type { Relation, Relations } from './relations.ts'
import type { Types } from './types.ts'

/** How big and how busy a relation is. */
export type Figures = {
  /** With indexes and TOAST. */
  bytes: number
  /** Not a single page of rows. */
  empty: boolean
  /** Rows inserted, updated and deleted per second; null: not known. */
  writesPerSecond: number | null
}

/** What a statement is judged with: the target as read, changed by the plan's earlier statements. */
export type Known = {
  relations: Relations
  types: Types
  /** By `Relation.oid`. */
  figures: Map<number, Figures>
  /** `server_version_num` of the target. */
  versionNumber: number
  /** So begins each migration; one may set another. */
  timeZoneIsUtc: boolean
  /** Functions that may answer something else at each call, by their bare names. Functions that are in neither set are not known. */
  volatileFunctions: Set<string>
  steadyFunctions: Set<string>
  /** Functions of people, not of PostgreSQL. */
  ownFunctions: Set<string>
  /** Domains with conditions that the plan itself makes or adds to, by their bare names. */
  constrainedDomains: Set<string>
  /** Types that were made since the transaction began, by their bare names. */
  newTypes: Set<string>
  /** Values that were added to an enum since the transaction began. */
  newEnumValues: Set<string>
}

/** Whether it has no rows for certain: the plan makes it, or it has no page of rows. */
export const isEmpty = ({ figures }: Known, { oid }: Relation): boolean =>
  oid === null || figures.get(oid)?.empty === true
