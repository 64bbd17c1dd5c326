import { hostname, userInfo } from 'node:os'
import type pg from 'pg'
import about from '../../../package.json' with { type: 'json' }
import { ConsoleError } from '../../shared/errors.ts'
import type { MigrationRun } from '../../shared/migrations.ts'
import { newTag } from '../session/tag.ts'
import { type Ask, askOn } from './ask.ts'
import { historyGrants, historyObjects } from './history-objects.ts'

/** Creates the history where there is none, and lets the group roles read it. For who holds the migration lock. */
export const createHistory = async (client: pg.ClientBase): Promise<void> => {
  // One message with several statements is one transaction.
  if (!(await hasHistory(askOn(client)))) await client.query(`${newTag()} ${historyObjects}`)
  await client.query(`${newTag()} ${historyGrants}`)
}

export const hasHistory = async (ask: Ask): Promise<boolean> => {
  // Not to_regclass(): it fails where the role may not use the schema, and this question needs no privilege.
  const [row] = await ask<{ found: boolean }>(
    `select exists (
       select from pg_catalog.pg_class as c
         join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = 'viruj_console' and c.relname = 'migration_history') as found`,
  )
  return row?.found ?? false
}

const isoTime = (column: string): string =>
  `pg_catalog.to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

const columns = `
  id::text as "id", version, name, direction, outcome, ${isoTime('started_at')} as "startedAt",
  pg_catalog.round(extract(epoch from ended_at - started_at) * 1000)::float8 as "milliseconds",
  actor, acting_role as "actingRole", claimed_by as "claimedBy", reason, checksum, prefix_sum as "prefixSum",
  statements, statements_begun as "statementsBegun", statements_done as "statementsDone", progress_sum as "progressSum",
  failure, tool_version as "toolVersion"`

/** A run with what only the runner needs of it. */
export type HistoryRow = MigrationRun & {
  prefixSum: string
  statementsBegun: number
  progressSum: string | null
}

/** A run without what only the runner needs. */
export const toRun = ({ prefixSum, statementsBegun, progressSum, ...run }: HistoryRow): MigrationRun => run

/** All runs in their order; none where there is no history yet. */
export const readHistory = async (ask: Ask): Promise<HistoryRow[]> =>
  (await hasHistory(ask))
    ? ask<HistoryRow>(`select ${columns} from viruj_console.migration_history as history
        order by history.id`)
    : []

export const readRun = async (client: pg.ClientBase, id: string): Promise<HistoryRow> => {
  const [row] = await askOn(client)<HistoryRow>(
    `select ${columns} from viruj_console.migration_history where id = $1`,
    [id],
  )
  if (row === undefined) throw rowGone()
  return row
}

const claim = (): string => {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    // An account without an entry, as containers have.
    return hostname()
  }
}

type Begin = Pick<
  HistoryRow,
  | 'version'
  | 'name'
  | 'direction'
  | 'reason'
  | 'checksum'
  | 'prefixSum'
  | 'statements'
  | 'statementsBegun'
  | 'statementsDone'
  | 'progressSum'
>

/** Writes that a run begins, and returns its id. */
export const beginRun = async (client: pg.ClientBase, run: Begin): Promise<string> => {
  const { rows } = await client.query<{ id: string }>(
    `${newTag()} insert into viruj_console.migration_history
       (version, name, direction, claimed_by, reason, checksum, prefix_sum, statements, statements_begun, statements_done,
        progress_sum, tool_version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id::text`,
    [
      run.version,
      run.name,
      run.direction,
      claim(),
      run.reason,
      run.checksum,
      run.prefixSum,
      run.statements,
      run.statementsBegun,
      run.statementsDone,
      run.progressSum,
      about.version,
    ],
  )
  const [row] = rows
  if (row === undefined) throw new Error('An insert returned no row.')
  return row.id
}

/** Writes that a run ended well. Fails when its row is gone: what is not in the history was not done. */
export const endRunDone = async (client: pg.ClientBase, id: string): Promise<void> => {
  const { rowCount } = await client.query(
    `${newTag()} update viruj_console.migration_history
        set outcome = 'done', ended_at = pg_catalog.clock_timestamp(),
            statements_begun = statements, statements_done = statements
      where id = $1 and outcome = 'running'`,
    [id],
  )
  if (rowCount !== 1) throw rowGone()
}

const rowGone = (): ConsoleError =>
  new ConsoleError(
    'MIGRATION_FAILED',
    'The row of this run is gone from the history, or was ended by somebody else.',
    'A migration must not write to viruj_console.migration_history.',
  )

/** Writes that a run failed. What it is left with was written before, by `markProgress`. */
export const endRunFailed = async (client: pg.ClientBase, id: string, failure: string): Promise<void> => {
  await client.query(
    `${newTag()} update viruj_console.migration_history
        set outcome = 'failed', failure = $2, ended_at = pg_catalog.clock_timestamp()
      where id = $1 and outcome = 'running'`,
    [id, failure],
  )
}

/**
 * Writes how far a run without a transaction has come. `begun` is one more than `done` while a statement is under way whose end
 * cannot be written down together with it.
 * @param progress sum over the statements that were begun
 */
export const markProgress = async (
  client: pg.ClientBase,
  id: string,
  { begun, done, progress }: { begun: number; done: number; progress: string },
): Promise<void> => {
  const { rowCount } = await client.query(
    `${newTag()} update viruj_console.migration_history
        set statements_begun = $2, statements_done = $3, progress_sum = $4
      where id = $1 and outcome = 'running'`,
    [id, begun, done, progress],
  )
  if (rowCount !== 1) throw rowGone()
}

/** Runs that nobody ended: who holds the lock knows that none of them is alive. */
export const markInterrupted = async (client: pg.ClientBase): Promise<void> => {
  await client.query(
    `${newTag()} update viruj_console.migration_history set outcome = 'interrupted', ended_at = pg_catalog.clock_timestamp()
      where outcome = 'running'`,
  )
}
