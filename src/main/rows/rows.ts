import { sql } from 'kysely'
import type { z } from 'zod'
import { ConsoleError } from '../../shared/errors.ts'
import type {
  RelationDescription,
  RowFilter,
  RowsPageInput,
  RowsPageOutput,
  rowsCellInput,
  rowsCellOutput,
  rowsCountInput,
  rowsCountOutput,
  rowsStreamInput,
  rowsStreamOutput,
} from '../../shared/rows.ts'
import type { Database } from '../session/database.ts'
import type { Results } from '../session/results.ts'
import { readCell } from './cell.ts'
import { filterConditions, filterProbe, refusedFilter, where } from './filters.ts'
import { readPage } from './page.ts'
import { columnsOf, type Relation, tableSql } from './relation.ts'
import { createRelations, mayBeStale } from './relations.ts'
import { streamStatement } from './stream.ts'
import { bindParameter } from './values.ts'

export type Rows = {
  /** What the grid needs to know before the first page. */
  describe(input: { relation: string }, signal: AbortSignal): Promise<RelationDescription>
  /** A page by key, already read: its result holds one batch at most. */
  page(input: RowsPageInput, signal: AbortSignal): Promise<RowsPageOutput>
  /** All rows as one result. Its failures arrive with the pulls. */
  stream(
    input: z.infer<typeof rowsStreamInput>,
    signal: AbortSignal,
  ): Promise<z.infer<typeof rowsStreamOutput>>
  /** The exact count, as text. */
  count(input: z.infer<typeof rowsCountInput>, signal: AbortSignal): Promise<z.infer<typeof rowsCountOutput>>
  /** One whole value as a result of raw bytes. */
  cell(input: z.infer<typeof rowsCellInput>, signal: AbortSignal): Promise<z.infer<typeof rowsCellOutput>>
}

/** Data exceptions, and syntax errors such as that of a JSON path. */
const mayBeRefusal = (error: unknown): boolean =>
  error instanceof ConsoleError && /^(22|42)/.test(error.sqlstate ?? '')

export const createRows = (database: Database, results: Results): Rows => {
  const relations = createRelations(database)

  const probe = (relation: Relation, filters: readonly RowFilter[], signal: AbortSignal) =>
    database.queryText(filterProbe(relation, filters), { signal, searchPath: 'role' })

  /** The server does not say which value it refused: each filter is tried by itself. */
  const explainFilters = async (
    error: unknown,
    relation: Relation,
    filters: readonly RowFilter[],
    signal: AbortSignal,
  ): Promise<unknown> => {
    if (!mayBeRefusal(error)) return error
    for (const filter of filters) {
      try {
        await probe(relation, [filter], signal)
      } catch (refusal) {
        return mayBeRefusal(refusal) && !mayBeStale(refusal) ? refusedFilter(relation, filter) : refusal
      }
    }
    return error
  }

  const filtered = async <Value>(
    { relation, filters }: { relation: string; filters: readonly RowFilter[] },
    signal: AbortSignal,
    read: (relation: Relation) => Promise<Value>,
  ): Promise<Value> =>
    relations.reading(relation, signal, async (found) => {
      try {
        return await read(found)
      } catch (error) {
        throw await explainFilters(error, found, filters, signal)
      }
    })

  async function* explained(
    source: AsyncGenerator<Uint8Array, void, void>,
    explain: (error: unknown) => Promise<unknown>,
  ): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* source
    } catch (error) {
      throw await explain(error)
    }
  }

  return {
    async describe(input, signal) {
      const { description } = await relations.describe(input.relation, signal)
      return description
    },

    page: (input, signal) =>
      filtered(input, signal, (relation) => readPage(database, results, relation, input, signal)),

    stream: (input, signal) =>
      filtered(input, signal, async (relation) => {
        if (input.filters.length > 0) await probe(relation, input.filters, signal)
        const abort = new AbortController()
        const { statement, settings } = streamStatement(relation, input)
        const source = database.copyOut(statement, { signal: abort.signal, searchPath: 'role', settings })
        const explain = (error: unknown) => relations.explain(error, relation, abort.signal)
        return {
          resultId: results.add(explained(source, explain), abort),
          columns: columnsOf(relation, input.columns).map(({ name }) => name),
        }
      }),

    count: (input, signal) =>
      filtered(input, signal, async (relation) => {
        const conditions = filterConditions(relation, input.filters, bindParameter)
        const { rows } = await database.queryText(
          sql`select pg_catalog.count(*) from ${tableSql(relation)} as r${where(conditions)}`,
          { signal, searchPath: 'role' },
        )
        return { count: rows[0]?.[0] ?? '0' }
      }),

    cell: (input, signal) =>
      relations.reading(input.relation, signal, (relation) =>
        readCell(database, results, relation, input, signal),
      ),
  }
}
