import type { Node } from 'libpg-query'
import type pg from 'pg'
import type { GatedMigration } from '../../../shared/migrations.ts'
import { newTag } from '../../session/tag.ts'
import type { MigrationFile, MigrationScript } from '../files.ts'
import type { SqlStatement } from '../statements.ts'
import { readFigures } from './figures.ts'
import { judgeStatement } from './judge.ts'
import type { Known } from './known.ts'
import { HeldLocks, migrationFindings } from './migration-findings.ts'
import { readKnown } from './read-known.ts'
import { describeStatement } from './statement-findings.ts'
import { readSurroundings, type Surroundings, worstLag } from './surroundings.ts'

/** A file to judge, as the plan would run it. */
export type GateStep = {
  file: MigrationFile
  direction: 'up' | 'down'
  script: MigrationScript
  statements: readonly SqlStatement[]
}

const beginTransaction = (known: Known): void => {
  known.newTypes.clear()
  known.newEnumValues.clear()
}

const gateMigration = (step: GateStep, known: Known, surroundings: Surroundings): GatedMigration => {
  const { file, direction, script } = step
  const { transactional } = script
  const held = transactional ? new HeldLocks() : null
  known.relations.searchPath = ['public']
  known.timeZoneIsUtc = true
  beginTransaction(known)
  const confirm = new Set<string>()
  const statements = step.statements.map((statement) => {
    if (!transactional) beginTransaction(known)
    const verdict = judgeStatement(statement, transactional, known)
    for (const name of verdict.confirm) confirm.add(name)
    const described = describeStatement(statement, verdict, known)
    described.findings.push(...(held?.next(verdict, statement.line, known) ?? []))
    return described
  })
  const about = { name: file.name, direction, hasDown: file.down !== null, confirm: [...confirm], statements }
  return {
    version: file.version,
    name: file.name,
    direction,
    transactional,
    checksum: script.checksum,
    statements,
    replicaLagBytes: worstLag(surroundings),
    lastBackupAt: surroundings.backup.known ? surroundings.backup.finishedAt : null,
    findings: migrationFindings(about, held, surroundings),
    confirm: about.confirm,
  }
}

/** Reads at one moment, with the names resolved as a migration resolves them, and waits for no lock for long. */
const readTarget = async (client: pg.ClientBase, nodes: Node[]) => {
  await client.query(`${newTag()} begin isolation level repeatable read read only`)
  try {
    await client.query(
      `${newTag()} select pg_catalog.set_config('search_path', 'public', true), pg_catalog.set_config('lock_timeout', '5s', true)`,
    )
    return { known: await readKnown(client, nodes), surroundings: await readSurroundings(client) }
  } finally {
    await client.query(`${newTag()} rollback`)
  }
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
  const nodes = steps.flatMap(({ statements }) => statements.flatMap(({ node }) => node ?? []))
  signal.throwIfAborted()
  const { known, surroundings } = await readTarget(client, nodes)
  const oids = known.relations.all().flatMap(({ oid, kind }) => (oid === null || kind === 'c' ? [] : oid))
  known.figures = await readFigures(client, oids, signal)
  return steps.map((step) => gateMigration(step, known, surroundings))
}
