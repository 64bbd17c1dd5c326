import type { Relations } from './relations.ts'
import type { Types } from './types.ts'

/** What a statement is judged with: the target as read, changed by the plan's earlier statements. */
export type Known = {
  relations: Relations
  types: Types
  /** `server_version_num` of the target. */
  versionNumber: number
  timeZoneIsUtc: boolean
  /** Functions that may answer something else at each call, by their bare names. Functions that are in neither set are not known. */
  volatileFunctions: Set<string>
  steadyFunctions: Set<string>
  /** Extensions that an owner of the database may create. */
  trustedExtensions: Set<string>
  /** Values that were added to an enum since the transaction began. */
  newEnumValues: Set<string>
}
