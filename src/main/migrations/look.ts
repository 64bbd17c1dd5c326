import { ConsoleError } from '../../shared/errors.ts'
import type { MigrationsStatus } from '../../shared/migrations.ts'
import type { Session } from '../session/session.ts'
import { readActingRole } from './acting-role.ts'
import { type Ask, askThrough } from './ask.ts'
import { type MigrationFile, readMigrationFiles } from './files.ts'
import { type HistoryRow, hasHistory, readHistory } from './history.ts'
import { type Ledger, readLedger } from './ledger.ts'
import { migrationLockHolder } from './lock.ts'

/** Files and history at one moment, read without changing anything. */
export type Look = {
  ask: Ask
  files: MigrationFile[]
  history: HistoryRow[]
  initialised: boolean
  ledger: Ledger
  runsAs: string
  lockedBy: MigrationsStatus['lockedBy']
}

/** Who holds the lock, and the history. A run that nobody is at any more was interrupted, though nobody has written that yet. */
const readRuns = async (ask: Ask): Promise<Pick<Look, 'history' | 'lockedBy'>> => {
  const isRunning = ({ outcome }: HistoryRow) => outcome === 'running'
  const history = await readHistory(ask)
  const lockedBy = await migrationLockHolder(ask)
  if (lockedBy !== null || !history.some(isRunning)) return { history, lockedBy }
  // It may have ended between the two questions.
  return {
    history: (await readHistory(ask)).map((run) =>
      isRunning(run) ? { ...run, outcome: 'interrupted' } : run,
    ),
    lockedBy,
  }
}

/** Reads with the rights of the role that migrates: a session that may become it sees what that role sees. */
export const lookAtMigrations = async (
  session: Pick<Session, 'database'>,
  folder: string,
  signal: AbortSignal,
): Promise<Look> => {
  const files = await readMigrationFiles(folder)
  const runsAs = await readActingRole(askThrough(session.database, signal))
  const ask = askThrough(session.database, signal, runsAs)
  const initialised = await hasHistory(ask)
  const { history, lockedBy } = await readRuns(ask)
  return { ask, files, history, initialised, ledger: readLedger(files, history), runsAs, lockedBy }
}

/** Why the session cannot apply, in words; null: it can. */
export const readRefusal = async (
  session: Pick<Session, 'assertMayWrite'>,
  { ask, runsAs }: Look,
): Promise<string | null> => {
  try {
    session.assertMayWrite()
  } catch (error) {
    if (!(error instanceof ConsoleError)) throw error
    // The name of a production database is asked for when something runs.
    if (error.code === 'READ_ONLY') return `${error.message} ${error.remedy}`
  }
  const [row] = await ask<{ may: boolean }>(
    `select coalesce(
       (select pg_catalog.has_schema_privilege(n.oid, 'USAGE')
               and pg_catalog.has_table_privilege(c.oid, 'INSERT') and pg_catalog.has_table_privilege(c.oid, 'UPDATE')
          from pg_catalog.pg_class as c
          join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
         where n.nspname = 'viruj_console' and c.relname = 'migration_history'),
       pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')) as may`,
  )
  return row?.may === true
    ? null
    : `Role "${runsAs}" may not keep the history of migrations here. Migrate as the database's owner, or as a role that may become it.`
}
