import type pg from 'pg'
import type { Statement } from '../../session/database.ts'
import { compile } from '../../session/kysely.ts'
import { newTag } from '../../session/tag.ts'

/** Reads rows, wherever they come from. */
export type Read = <Row>(statement: Statement<Row>) => Promise<Row[]>

/** One connection, logged in as the role that provisions. Its owner ends it. */
export type Opened = {
  client: pg.ClientBase
  /** Process id that the server gave when the connection began; null: none. A pooler gives one of its own. */
  pid: number | null
  /** What `client` failed with, in the console's words. */
  explain(error: unknown): Error
  end(): Promise<void>
}

/** The way to a server. `database` null: the one that the session is in. Fails with `ConsoleError`. */
export type Access = { open(database: string | null): Promise<Opened> }

/** Sends one statement with the console's tag, so that the server's views tell whose it is. */
export const send = <Row extends pg.QueryResultRow>(
  client: pg.ClientBase,
  text: string,
  values: unknown[] = [],
): Promise<pg.QueryResult<Row>> => client.query<Row>(`${newTag()} ${text}`, values)

/** Reads over a connection in a transaction of its own that changes nothing. */
export const readOver = async <Value>(
  { client, explain }: Opened,
  work: (read: Read) => Promise<Value>,
): Promise<Value> => {
  try {
    await send(client, 'begin transaction isolation level repeatable read read only')
    await send(client, 'set local search_path = pg_catalog, pg_temp')
    const value = await work(async (statement) => {
      const { sql, parameters } = compile(statement)
      const { rows } = await send(client, sql, [...parameters])
      return rows as never[]
    })
    await send(client, 'commit')
    return value
  } catch (error) {
    throw explain(error)
  }
}
