import { sql } from 'kysely'
import { ConsoleError } from '../../shared/errors.ts'
import type { ServerFacts } from '../../shared/sessions.ts'
import type { Connection } from './connect.ts'
import type { Database } from './database.ts'

type Row = Pick<
  ServerFacts,
  | 'database'
  | 'version'
  | 'versionNumber'
  | 'sessionUser'
  | 'currentUser'
  | 'isSuperuser'
  | 'inRecovery'
  | 'readOnly'
>

/** What the server says of the session, in the very transactions that the console reads with. */
export const readFacts = async (
  database: Database,
  { context, tls, isLocal }: Connection,
  signal: AbortSignal,
): Promise<Omit<ServerFacts, 'isPooled'>> => {
  const [row] = await database.query(
    sql<Row>`
      SELECT pg_catalog.current_database()::text AS "database",
             pg_catalog.current_setting('server_version') AS "version",
             pg_catalog.current_setting('server_version_num')::int AS "versionNumber",
             session_user::text AS "sessionUser",
             current_user::text AS "currentUser",
             pg_catalog.current_setting('is_superuser') = 'on' AS "isSuperuser",
             pg_catalog.pg_is_in_recovery() AS "inRecovery",
             pg_catalog.current_setting('transaction_read_only') = 'on' AS "readOnly"`,
    { signal },
  )
  if (row === undefined) {
    throw new ConsoleError(
      'SERVER_ERROR',
      'The server said nothing of itself.',
      'Check that this is a PostgreSQL server, version 13 or newer.',
    )
  }
  return { ...row, host: context.host, tls, isLocal }
}
