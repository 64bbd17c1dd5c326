import { sql } from 'kysely'
import type pg from 'pg'
import { newTag } from '../../session/tag.ts'
import type { Writing } from '../../session/writer.ts'

/** Sends one line to `COPY … FROM STDIN`. pg calls the `handle…` methods. */
class CopyLine implements pg.Submittable {
  readonly #text: string
  readonly #line: string
  readonly #settled = Promise.withResolvers<void>()

  constructor(text: string, line: string) {
    this.#text = text
    this.#line = line
  }

  get done(): Promise<void> {
    return this.#settled.promise
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#text)
  }

  handleCopyInResponse(
    connection: pg.Connection & { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void },
  ): void {
    connection.sendCopyFromChunk(Buffer.from(`${this.#line}\n`))
    connection.endCopyFrom()
  }

  handleCommandComplete(): void {
    // Said once more by ReadyForQuery.
  }

  handleError(error: Error): void {
    this.#settled.reject(error)
  }

  handleReadyForQuery(): void {
    this.#settled.resolve()
  }
}

/**
 * Opens a log-in with a new verifier, in the transaction of `query`. `ALTER ROLE` takes no parameter, and its text stands in
 * pg_stat_statements and in the log of a server that writes DDL; parameters stand in the log of one that writes durations. The data of a
 * COPY stands nowhere. So it goes into a temporary table, and a block makes the statement of it: what is inside of a block is
 * logged nowhere, as long as it does not fail; where it does, only the message leaves it, without the statement.
 *
 * With `pg_stat_statements.track = all` the statement would be kept: a superuser switches that off for the transaction, others are refused.
 */
export const setVerifier = async (
  client: pg.ClientBase,
  query: Writing['query'],
  { login, verifier }: { login: string; verifier: string },
): Promise<void> => {
  await query(sql`
    SELECT set_config('pg_stat_statements.track', 'none', true)
      FROM pg_roles
     WHERE rolname = current_user AND rolsuper AND current_setting('pg_stat_statements.track', true) IS NOT NULL`)
  await query(sql`CREATE TEMPORARY TABLE viruj_console_verifier (login text, verifier text) ON COMMIT DROP`)
  const copy = new CopyLine(
    `${newTag()} COPY pg_temp.viruj_console_verifier FROM STDIN (FORMAT csv)`,
    [login, verifier].map((text) => `"${text.replaceAll('"', '""')}"`).join(','),
  )
  client.query(copy)
  await copy.done
  await query(sql`
    DO $$
    DECLARE
      fresh record;
      code  text;
      what  text;
    BEGIN
      SELECT * INTO STRICT fresh FROM pg_temp.viruj_console_verifier;
      BEGIN
        EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L VALID UNTIL ''infinity''', fresh.login, fresh.verifier);
      EXCEPTION WHEN OTHERS THEN
        -- The context of the error has the statement.
        GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, what = MESSAGE_TEXT;
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = what;
      END;
    END
    $$`)
}

/** Why a verifier would be kept by the server; null: it would not. */
export const readLeak = async (query: Writing['query']): Promise<string | null> => {
  const [found] = await query(sql<{ leaks: boolean }>`
    SELECT current_setting('pg_stat_statements.track', true) = 'all' AND NOT rolsuper AS "leaks"
      FROM pg_roles WHERE rolname = current_user`)
  return found?.leaks === true
    ? 'pg_stat_statements.track is "all": it would keep the verifier of the new password. Set it to "top", or rotate as a superuser.'
    : null
}
