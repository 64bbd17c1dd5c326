import type { Node } from 'libpg-query'
import pg from 'pg'
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
  /** The run that it goes on from: what that has done is left out. */
  resume?: { statementsDone: number } | null
}

const statementsOf = ({ statements, resume }: GateStep): readonly SqlStatement[] =>
  statements.slice(resume?.statementsDone ?? 0)

const beginTransaction = (known: Known): void => {
  known.newTypes.clear()
  known.newEnumValues.clear()
}

/** Each migration begins anew, on a connection that is as good as new. */
const beginMigration = (known: Known): void => {
  known.relations.searchPath = ['public']
  known.timeZoneIsUtc = true
  beginTransaction(known)
}

const gateMigration = (step: GateStep, known: Known, surroundings: Surroundings): GatedMigration => {
  const { file, direction, script } = step
  const { transactional } = script
  const held = transactional ? new HeldLocks() : null
  beginMigration(known)
  const confirm = new Set<string>()
  const statements = statementsOf(step).map((statement) => {
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

const nodesOf = (steps: readonly GateStep[]): Node[] =>
  steps.flatMap((step) => statementsOf(step).flatMap(({ node }) => node ?? []))

const lockNotAvailable = '55P03'

/** Reads at one moment, with the names resolved as a migration resolves them. */
const reading = async <Value>(client: pg.ClientBase, read: () => Promise<Value>): Promise<Value> => {
  await client.query(`${newTag()} begin isolation level repeatable read read only`)
  try {
    await client.query(
      `${newTag()} select pg_catalog.set_config('search_path', 'public', true), pg_catalog.set_config('lock_timeout', '500ms', true)`,
    )
    return await read()
  } finally {
    await client.query(`${newTag()} rollback`)
  }
}

/** What the steps name. Where somebody has locked a table, what its CHECKs prove stays unknown: nobody is waited for. */
const look = async (client: pg.ClientBase, steps: readonly GateStep[]): Promise<Known> => {
  const nodes = nodesOf(steps)
  try {
    return await reading(client, () => readKnown(client, nodes))
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== lockNotAvailable) throw error
    return await reading(client, () => readKnown(client, nodes, { expressions: false }))
  }
}

/**
 * What each statement of a plan would do to the target: locks, rewrites, scans, what is lost. Each is judged by the state that
 * the ones before it make. Nothing is written, and no lock is waited for longer than a moment.
 * @param client as the role that migrations run as, with no transaction open
 * @param options.sampleMilliseconds how long the traffic is watched; servers report it at most once a second
 */
export const gateMigrations = async (
  client: pg.ClientBase,
  steps: readonly GateStep[],
  signal: AbortSignal,
  { sampleMilliseconds = 1500 }: { sampleMilliseconds?: number } = {},
): Promise<GatedMigration[]> => {
  signal.throwIfAborted()
  const known = await look(client, steps)
  const surroundings = await reading(client, () => readSurroundings(client))
  const oids = known.relations.all().flatMap(({ oid, kind }) => (oid === null || kind === 'c' ? [] : oid))
  known.figures = await readFigures(client, oids, { sampleMilliseconds, signal })
  return steps.map((step) => gateMigration(step, known, surroundings))
}

/** Names that must be typed before the steps run: the plan's `confirm`, without its sizes and traffic. */
export const namesToConfirm = async (
  client: pg.ClientBase,
  steps: readonly GateStep[],
  signal: AbortSignal,
): Promise<string[]> => {
  signal.throwIfAborted()
  const known = await look(client, steps)
  const names = steps.flatMap((step) => {
    beginMigration(known)
    return statementsOf(step).flatMap(
      (statement) => judgeStatement(statement, step.script.transactional, known).confirm,
    )
  })
  return [...new Set(names)]
}
