import { ConsoleError } from '../../shared/errors.ts'
import type { Database } from '../session/database.ts'
import { describeRelation } from './describe.ts'
import { type Relation, tableName } from './relation.ts'

/** Milliseconds for which a relation is taken to be as it was: long enough for scrolling, short enough for changes. */
const trusted = 5000
const keptRelations = 200

export type Relations = {
  /** As it is now. */
  describe(oid: string, signal: AbortSignal): Promise<Relation>
  /**
   * Runs `read` on the relation. When the server then does not know what the statement names, or refuses it, the relation
   * is described anew: that fails with the true reason (dropped, no privilege), or it has changed and `read` gets a second
   * and last try.
   */
  reading<Value>(
    oid: string,
    signal: AbortSignal,
    read: (relation: Relation) => Promise<Value>,
  ): Promise<Value>
  /** What failed while the relation was read, or the reason behind it. */
  explain(error: unknown, relation: Relation, signal: AbortSignal): Promise<unknown>
}

/** undefined_table, undefined_column, undefined_function, undefined_object, insufficient_privilege, invalid_schema_name */
const staleStates = ['42P01', '42703', '42883', '42704', '42501', '3F000']

/** The failure may come from a relation that is no longer as it was described. */
export const mayBeStale = (error: unknown): boolean =>
  error instanceof ConsoleError && staleStates.includes(error.sqlstate ?? '')

export const createRelations = (database: Database): Relations => {
  const known = new Map<string, { relation: Relation; at: number }>()

  const describe = async (oid: string, signal: AbortSignal): Promise<Relation> => {
    const last = known.get(oid)
    known.delete(oid)
    const relation = await describeRelation(
      database,
      oid,
      last === undefined ? null : tableName(last.relation),
      signal,
    )
    known.set(oid, { relation, at: performance.now() })
    const [oldest] = known.keys()
    if (known.size > keptRelations && oldest !== undefined) known.delete(oldest)
    return relation
  }

  return {
    describe,
    async reading(oid, signal, read) {
      const last = known.get(oid)
      const fresh = last !== undefined && performance.now() - last.at < trusted
      const relation = fresh ? last.relation : await describe(oid, signal)
      try {
        return await read(relation)
      } catch (error) {
        if (!mayBeStale(error)) throw error
        return read(await describe(oid, signal))
      }
    },
    async explain(error, relation, signal) {
      if (!mayBeStale(error)) return error
      try {
        await describe(relation.description.oid, signal)
        return error
      } catch (reason) {
        return reason
      }
    },
  }
}
