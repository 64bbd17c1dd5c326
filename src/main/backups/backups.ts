import { sql } from 'kysely'
import { ConsoleError } from '../../shared/errors.ts'
import type { Session } from '../session/session.ts'
import { createWriter, type Writing } from '../session/writer.ts'
import { readBarman } from './barman.ts'
import { readManifest } from './basebackup.ts'
import { readPgbackrest } from './pgbackrest.ts'
import { type BackupTool, parseReport, type ReportedBackup } from './report.ts'
import { readWalG } from './wal-g.ts'

export type Recorded = { label: string; repository: string; outcome: 'added' | 'changed' | 'known' }

/** A backup that is recorded already. */
export type BackupName = { tool: string; repository: string; label: string }

/** What somebody tried with a backup after it was made. */
export type Trial =
  | { kind: 'verified'; by: 'sizes' | 'checksums'; passed: boolean; at: Date }
  | { kind: 'restored'; passed: boolean; at: Date }

/** Guesses the tool by the shape of its report; null: it is none of the four. */
export const toolOf = (text: string): BackupTool | null => {
  const report = parseReport(text)
  if (Array.isArray(report)) {
    const [first] = report as unknown[]
    if (typeof first !== 'object' || first === null) return null
    return 'backup_name' in first ? 'wal-g' : 'backup' in first ? 'pgbackrest' : null
  }
  if (typeof report !== 'object' || report === null) return null
  if ('PostgreSQL-Backup-Manifest-Version' in report) return 'pg_basebackup'
  return JSON.stringify(Object.values(report)[0] ?? null).includes('"backup_id"') ? 'barman' : null
}

/** Fails with `INVALID_INPUT`. `label` and `repository` are for tools that name neither. */
export const readBackups = (
  tool: BackupTool,
  text: string,
  named: { label: string | null; repository: string },
): ReportedBackup[] => {
  switch (tool) {
    case 'pgbackrest':
      return readPgbackrest(parseReport(text))
    case 'wal-g':
      return readWalG(parseReport(text))
    case 'barman':
      return readBarman(parseReport(text))
    case 'pg_basebackup':
      return readManifest(text, named)
    default:
      return tool satisfies never
  }
}

/** What a later report may add to a backup. What a report leaves out does not wipe out what an earlier one said. */
const record = async (writing: Writing, one: ReportedBackup): Promise<Recorded> => {
  const { tool, repository, label, verification } = one
  const verifiedAt = verification === null ? null : one.finishedAt
  const written = await writing.query<{ isNew: boolean }>(sql`
    insert into ops.backup_run as b
      (tool, repository, label, kind, system_identifier, started_at, finished_at, outcome, failure, bytes, stored_bytes, timeline,
       start_lsn, stop_lsn, verification, verified_at, verification_passed, report)
    values (${tool}, ${repository}, ${label}, ${one.kind}, ${one.systemIdentifier}::bigint, ${one.startedAt}, ${one.finishedAt},
            ${one.outcome}, ${one.failure}, ${one.bytes}::bigint, ${one.storedBytes}::bigint, ${one.timeline}::int,
            ${one.startLsn}::pg_lsn, ${one.stopLsn}::pg_lsn, ${verification?.kind ?? null}, ${verifiedAt},
            ${verification?.passed ?? null}::bool, ${JSON.stringify(one.report)}::jsonb)
    on conflict (tool, repository, label) do update
       set finished_at = greatest(excluded.finished_at, b.started_at), outcome = excluded.outcome, failure = excluded.failure,
           bytes = coalesce(excluded.bytes, b.bytes), stored_bytes = coalesce(excluded.stored_bytes, b.stored_bytes),
           timeline = coalesce(excluded.timeline, b.timeline),
           start_lsn = coalesce(excluded.start_lsn, b.start_lsn), stop_lsn = coalesce(excluded.stop_lsn, b.stop_lsn),
           verification = coalesce(b.verification, excluded.verification), verified_at = coalesce(b.verified_at, excluded.verified_at),
           verification_passed = coalesce(b.verification_passed, excluded.verification_passed), report = excluded.report
     -- A report that says nothing new is no change, and no event of the audit trail.
     where (greatest(excluded.finished_at, b.started_at), excluded.outcome, excluded.failure, coalesce(excluded.bytes, b.bytes),
            coalesce(excluded.stored_bytes, b.stored_bytes), coalesce(excluded.timeline, b.timeline),
            coalesce(excluded.start_lsn, b.start_lsn), coalesce(excluded.stop_lsn, b.stop_lsn),
            coalesce(b.verification, excluded.verification))
           is distinct from
           (b.finished_at, b.outcome, b.failure, b.bytes, b.stored_bytes, b.timeline, b.start_lsn, b.stop_lsn, b.verification)
    returning (b.xmax = 0) as "isNew"`)
  const [row] = written
  return { label, repository, outcome: row === undefined ? 'known' : row.isNew ? 'added' : 'changed' }
}

/** The record of backups, `ops.backup_run`. Fails with `ConsoleError`. */
export const createBackups = (session: Session) => {
  const writer = createWriter(session)
  session.belongings.defer(() => writer.close())

  // By the catalogs: to_regclass fails for who may not use the schema.
  const assertThere = async (signal: AbortSignal): Promise<void> => {
    const [found] = await session.database.query(
      sql<{ may: boolean }>`
        select exists (select
                         from pg_class c
                         join pg_namespace n on n.oid = c.relnamespace
                        where n.nspname = 'ops' and c.relname = 'backup_run'
                          and has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'insert')) as may`,
      { signal },
    )
    if (found?.may === true) return
    throw new ConsoleError(
      'NOT_FOUND',
      'This database has no record of backups, or this role may not add to it.',
      'Migrate it first, and use a log-in role that is a member of viruj_dba.',
    )
  }

  return {
    /** All of a report or nothing. Again, it changes nothing. */
    async record(
      backups: readonly ReportedBackup[],
      reason: string,
      signal: AbortSignal,
    ): Promise<Recorded[]> {
      session.assertMayWrite()
      await assertThere(signal)
      return writer.write(reason, signal, async (writing) => {
        const outcomes: Recorded[] = []
        for (const one of backups) outcomes.push(await record(writing, one))
        return outcomes
      })
    },

    /** Notes that a backup was verified, or restored. */
    async tried(
      { tool, repository, label }: BackupName,
      trial: Trial,
      reason: string,
      signal: AbortSignal,
    ): Promise<void> {
      session.assertMayWrite()
      await assertThere(signal)
      const change =
        trial.kind === 'verified'
          ? sql`verification = ${trial.by}, verified_at = ${trial.at}, verification_passed = ${trial.passed}`
          : sql`restored_at = ${trial.at}, restore_passed = ${trial.passed}`
      const changed = await writer.write(reason, signal, (writing) =>
        writing.query(sql`
          update ops.backup_run set ${change}
           where tool = ${tool} and repository = ${repository} and label = ${label}
          returning id`),
      )
      if (changed.length === 0) throw notRecorded(label)
    },
  }
}

const notRecorded = (label: string): ConsoleError =>
  new ConsoleError(
    'NOT_FOUND',
    `No backup "${label}" is recorded of this tool and repository.`,
    'Record it first. doctor --probe backups --json lists what is recorded.',
  )
