import { setTimeout as wait } from 'node:timers/promises'
import { type RawBuilder, sql } from 'kysely'
import pg from 'pg'
import { ConsoleError } from '../../../shared/errors.ts'
import { formatBytes } from '../../../shared/format-quantity.ts'
import type {
  MaintainInput,
  MaintenanceKind,
  MaintenanceResult,
  RelationFigures,
} from '../../../shared/operations-actions.ts'
import { identifier } from '../../session/identifier.ts'
import type { JobContext } from '../../session/jobs.ts'
import { compile } from '../../session/kysely.ts'
import type { Session } from '../../session/session.ts'
import type { Writer, Writing } from '../../session/writer.ts'
import { counted } from '../judging.ts'
import { findTarget, type MaintenanceTarget, readFigures, readLeftovers } from './maintenance-target.ts'
import { recordAct } from './recording.ts'
import { runAlone, type Warning } from './run-alone.ts'

/**
 * Milliseconds. VACUUM and ANALYZE wait once, at their beginning. REINDEX CONCURRENTLY also waits so for each transaction that is older
 * than itself, and giving up there leaves an invalid index behind.
 */
const lockTimeouts: Record<MaintenanceKind, number> = {
  vacuum: 60_000,
  'vacuum-analyze': 60_000,
  analyze: 60_000,
  'reindex-concurrently': 30 * 60_000,
}
/** Milliseconds within which the statistics of a server before 15 know what was done. */
const statisticsTime = 3000

/** Where the server says that it skips a relation for want of a right: 16 and later, and before. A name, so never translated. */
const skipping = ['vacuum_is_permitted_for_relation', 'vacuum_is_relation_owner']

const commandOf = (what: MaintenanceKind, { kind }: Pick<MaintenanceTarget, 'kind'>): string => {
  switch (what) {
    case 'vacuum':
      return 'VACUUM'
    case 'vacuum-analyze':
      return 'VACUUM (ANALYZE)'
    case 'analyze':
      return 'ANALYZE'
    case 'reindex-concurrently':
      return `REINDEX ${kind === 'i' || kind === 'I' ? 'INDEX' : 'TABLE'} CONCURRENTLY`
    default:
      return what satisfies never
  }
}

export const titleOf = (what: MaintenanceKind, target: MaintenanceTarget): string =>
  `${commandOf(what, target)} ${target.relation}`

const statementOf = (what: MaintenanceKind, target: MaintenanceTarget): RawBuilder<unknown> =>
  sql`${sql.raw(commandOf(what, target))} ${identifier(target.schema, target.name)}`

/** Fails with `CONFLICT` where a pooler hands the session's settings to others, and its backends to anybody. */
export const readTarget = async (
  { state }: Pick<Session, 'state'>,
  query: Writing['query'],
  input: MaintainInput,
): Promise<MaintenanceTarget> => {
  const { isPooled, versionNumber } = state().server
  if (isPooled) throw isBehindPooler()
  return findTarget(query, input, Math.floor(versionNumber / 10_000))
}

/**
 * Maintains one relation: records it with its reason, runs it, and says what came of it. Fails with `PERMISSION_DENIED` where the server
 * skipped it with no more than a warning, and names what a REINDEX that did not get through has left behind.
 */
export const maintain = async (
  session: Pick<Session, 'openConnection' | 'control' | 'profile'>,
  { writer, query }: { writer: Writer; query: Writing['query'] },
  { target, what, reason }: { target: MaintenanceTarget; what: MaintenanceKind; reason: string },
  context: JobContext,
): Promise<MaintenanceResult> => {
  const { signal, log } = context
  const title = titleOf(what, target)
  const { figures: before, runs } = await readFigures(query, target)
  const recording = await writer.write(reason, signal, (writing) =>
    recordAct(writing.query, {
      what: 'maintenance',
      scope: { relation: target.relation, how: what },
      reason,
    }),
  )
  log(recording.text)
  const started = performance.now()
  const run = () => {
    const { sql: text } = compile(statementOf(what, target))
    return runAlone(session, query, { text, title, lockTimeout: lockTimeouts[what] }, context)
  }
  const warnings =
    what === 'reindex-concurrently'
      ? await run().catch(async (error: unknown) => {
          // The session may have ended with it: then nobody can look.
          throw namingLeftovers(error, await readLeftovers(query, target).catch(() => []))
        })
      : await run()
  const seconds = (performance.now() - started) / 1000
  for (const { message } of warnings) log(message)
  assertDone(target, warnings)
  const after =
    what === 'reindex-concurrently'
      ? (await readFigures(query, target)).figures
      : await settledFigures(query, target, runs)
  return {
    relation: target.relation,
    before,
    after,
    seconds,
    notes: notesOf(what, before, after),
    warnings: warnings.map(({ message }) => message),
    recording,
  }
}

/** Figures once the statistics count the run. */
const settledFigures = async (
  query: Writing['query'],
  target: MaintenanceTarget,
  runs: number,
): Promise<RelationFigures> => {
  const started = performance.now()
  for (;;) {
    const now = await readFigures(query, target)
    if (now.runs > runs || performance.now() - started > statisticsTime) return now.figures
    await wait(100)
  }
}

const notesOf = (what: MaintenanceKind, before: RelationFigures, after: RelationFigures): string[] => {
  const change = (name: string, from: number, to: number): string[] =>
    from === to ? [] : [`${name}: ${formatBytes(from)} before, ${formatBytes(to)} now.`]
  const left = after.deadRows ?? 0
  return [
    ...(what.startsWith('vacuum') && before.deadRows !== null
      ? [`${counted(before.deadRows, 'dead row')} before, ${left.toLocaleString('en')} now.`]
      : []),
    ...(what.startsWith('vacuum') && left > 0
      ? ['Dead rows that are left may still be seen by an older transaction, a slot or a standby.']
      : []),
    ...change('Size', before.bytes, after.bytes),
    ...change('Indexes', before.indexBytes, after.indexBytes),
  ]
}

/** The server skips what the role may not maintain, and calls the statement well. */
const assertDone = (
  { relation, owner, me, major }: MaintenanceTarget,
  warnings: readonly Warning[],
): void => {
  const skipped = warnings.filter(({ routine }) => skipping.includes(routine ?? ''))
  const [first] = skipped
  if (first === undefined) return
  const more = skipped.length > 1 ? ` (and ${skipped.length - 1} more)` : ''
  const grantee = pg.escapeIdentifier(me)
  throw new ConsoleError(
    'PERMISSION_DENIED',
    `Not done: ${first.message}${more}.`,
    major >= 17
      ? `Let ${owner} run: GRANT MAINTAIN ON ${relation} TO ${grantee};`
      : `Only the owner may before PostgreSQL 17: connect as ${owner}, or let an administrator run: GRANT ${pg.escapeIdentifier(owner)} TO ${grantee};`,
  )
}

/** A failure that says what the build has left behind, and how that goes away. */
const namingLeftovers = (error: unknown, left: readonly string[]): unknown => {
  if (!(error instanceof ConsoleError) || left.length === 0) return error
  const drops = left.map((index) => `DROP INDEX CONCURRENTLY ${index};`).join(' ')
  return new ConsoleError(
    error.code,
    `${error.message} It left ${counted(left.length, 'invalid index', 'invalid indexes')} behind, which ${left.length === 1 ? 'costs' : 'cost'} writes and ${left.length === 1 ? 'serves' : 'serve'} nobody: ${left.join(', ')}.`,
    drops,
    { sqlstate: error.sqlstate, detail: error.detail, cause: error },
  )
}

const isBehindPooler = (): ConsoleError =>
  new ConsoleError(
    'CONFLICT',
    'A pooler stands between the console and the server: what runs without a transaction cannot be watched or cancelled there.',
    'Connect to the server directly.',
  )
