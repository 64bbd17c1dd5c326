import { CompiledQuery } from 'kysely'
import type pg from 'pg'
import type { Database } from '../session/database.ts'
import { newTag } from '../session/tag.ts'

/** One question to the server. What only reads takes this: a connection of its own answers it, or a session's pool. */
export type Ask = <Row extends object>(sql: string, values?: readonly unknown[]) => Promise<Row[]>

export const askOn =
  (client: pg.ClientBase): Ask =>
  async <Row extends object>(sql: string, values: readonly unknown[] = []) => {
    const { rows } = await client.query<Row>(`${newTag()} ${sql}`, [...values])
    return rows
  }

/** @param role whose rights to ask with; by default the profile's */
export const askThrough =
  (database: Database, signal: AbortSignal, role?: string): Ask =>
  <Row extends object>(sql: string, values: readonly unknown[] = []) =>
    database.query<Row>({ compile: () => CompiledQuery.raw(sql, [...values]) }, { signal, role })
