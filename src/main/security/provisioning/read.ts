import type pg from 'pg'
import type { Connection } from '../../session/connect.ts'
import type { Database, Statement } from '../../session/database.ts'
import { databaseError } from '../../session/database-errors.ts'
import { compile } from '../../session/kysely.ts'
import { newTag } from '../../session/tag.ts'

/** Reads rows, wherever they come from. */
export type Read = <Row>(statement: Statement<Row>) => Promise<Row[]>

/** Reads in the session's own database. */
export const readIn =
  (database: Database, signal: AbortSignal): Read =>
  (statement) =>
    database.query(statement, { signal })

/** Reads over a connection to another database, in a transaction of its own that changes nothing. */
export const readOver = async <Value>(
  { client, context }: Connection,
  work: (read: Read) => Promise<Value>,
): Promise<Value> => {
  const send = <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
    client.query<Row>(`${newTag()} ${text}`, values)
  try {
    await send('begin read only')
    await send(`set local search_path = pg_catalog, pg_temp`)
    const value = await work(async (statement) => {
      const { sql, parameters } = compile(statement)
      const { rows } = await send(sql, [...parameters])
      return rows as never[]
    })
    await send('commit')
    return value
  } catch (error) {
    throw databaseError(error, context)
  }
}
