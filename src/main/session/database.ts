import type { Compilable, RawBuilder } from 'kysely'

/** SQL with its values apart: kysely's `sql` tag or one of its queries. */
export type Statement<Row> = RawBuilder<Row> | Compilable<Row>

export type StatementOptions = {
  signal: AbortSignal
  /** Milliseconds; by default the profile's statement timeout. */
  timeout?: number
  /**
   * `pinned`, the default, looks names up in `pg_catalog` only: nobody can slip the console a function of the same name.
   * `role` keeps the role's own path, as psql has it: functions inside views find their tables, and `regclass` and the like
   * print as in psql. With `role`, write every function, type and operator of the statement with its schema.
   */
  searchPath?: 'pinned' | 'role'
  /** `SET ROLE` for this statement; by default the profile's. */
  role?: string | undefined
}

/** A result as the server's own text, row by row. */
export type TextResult = {
  columns: { name: string; typeOid: number }[]
  rows: (string | null)[][]
}

/**
 * The session's way to its server. Each call runs one statement alone, tagged, through the extended protocol inside
 * `BEGIN READ ONLY`, by default with `search_path` pinned to `pg_catalog, pg_temp`, and leaves no transaction behind. Aborting the
 * signal rejects at once with `CANCELLED` and cancels the statement on the server. Fails with `ConsoleError`.
 */
export type Database = {
  /** A metadata read with pg's parsers (int8 as text). Locks that block it end it with `LOCK_TIMEOUT` and the holder's name. */
  query<Row>(statement: Statement<Row>, options: StatementOptions): Promise<Row[]>
  /** Exact values: every cell as PostgreSQL's text. */
  queryText(statement: Statement<unknown>, options: StatementOptions): Promise<TextResult>
  /**
   * `COPY (statement) TO STDOUT`. Yields chunks of whole rows, about 512 kB each, and reads on only when pulled.
   * COPY takes no parameters: `settings` are set for the transaction first, and the statement reads them with
   * `current_setting()`. Returning early (`iterator.return()`) cancels the statement. The timeout limits each wait for the
   * server, so none applies while the result is unread. Each chunk is a buffer of its own and may be transferred.
   */
  copyOut(
    statement: Statement<unknown>,
    options: StatementOptions & { settings?: Record<string, string> },
  ): AsyncGenerator<Uint8Array, void, void>
}
