import type { Change } from './change.ts'
import { routineChanges, sequenceChanges, typeChanges, viewChanges } from './code.ts'
import { constraintChanges, indexChanges, triggerChanges } from './parts.ts'
import { schemaChanges } from './schemas.ts'
import { columnChanges, tableChanges } from './tables.ts'

/** By kind family. */
export const changes: Readonly<Record<string, readonly Change[]>> = {
  schemas: schemaChanges,
  tables: tableChanges,
  columns: columnChanges,
  constraints: constraintChanges,
  indexes: indexChanges,
  triggers: triggerChanges,
  views: viewChanges,
  routines: routineChanges,
  sequences: sequenceChanges,
  types: typeChanges,
}
