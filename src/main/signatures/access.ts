import { sql } from 'kysely'
import { ConsoleError } from '../../shared/errors.ts'
import type { SignatureAccess } from '../../shared/signatures.ts'
import type { Database } from '../session/database.ts'
import { readLimits } from './limits.ts'

type Rights = Omit<SignatureAccess, 'limits'>

const may = (column: string, privilege: string, table = 'signatures') =>
  sql`has_column_privilege(${sql.lit(`public.${table}`)}, ${sql.lit(column)}, ${sql.lit(privilege)})`

/** What the role may do, by the server's own word. Fails with `NOT_FOUND` where the database keeps no signatures of this kind. */
export const readRights = async (database: Database, signal: AbortSignal): Promise<Rights> => {
  const [there] = await database.query(
    sql<{ signatures: boolean; documents: boolean }>`
      select exists (select from pg_attribute
                      where attrelid = to_regclass('public.signatures') and attname = 'superseded_by') as signatures,
             coalesce(has_table_privilege(to_regclass('public.documents'), 'SELECT'), false) as documents`,
    { signal },
  )
  if (there?.signatures !== true) {
    throw new ConsoleError(
      'NOT_FOUND',
      'This database keeps no signatures, or not yet as this console does.',
      'Ask who runs the database to apply its migrations.',
    )
  }
  const [rights] = await database.query(
    sql<Omit<Rights, 'maySeeDocuments'>>`
      select ${may('user_id', 'INSERT')} and ${may('image', 'INSERT')} and ${may('media_type', 'INSERT')}
               and ${may('sha256', 'INSERT')} as "mayAdd",
             ${may('superseded_by', 'UPDATE')} as "mayReplace",
             ${may('revoked_at', 'UPDATE')} as "mayRevoke",
             ${may('image', 'SELECT')} as "maySeeImages",
             ${may('email', 'SELECT', 'users')} as "maySeePeople",
             current_setting('log_parameter_max_length') = '-1'
               and (current_setting('log_statement') in ('mod', 'all')
                    or current_setting('log_min_duration_statement') <> '-1') as "logsImages"`,
    { signal },
  )
  if (rights === undefined) throw new Error('The server said nothing of privileges.')
  return { ...rights, maySeeDocuments: there.documents }
}

/** The rights of the role, and what the table takes. */
export const readAccess = async (database: Database, signal: AbortSignal): Promise<SignatureAccess> => {
  const rights = await readRights(database, signal)
  return { ...rights, limits: await readLimits(database, signal) }
}
