import type { GatedStatement, GateFinding } from '../../../shared/migrations.ts'
import type { Known } from './known.ts'
import { blocksReads, blocksWrites, isStronger } from './lock-modes.ts'
import { finding } from './statement-findings.ts'
import type { Surroundings } from './surroundings.ts'
import type { Touched, Verdict } from './verdict.ts'
import { largeBytes, type Severity, smallBytes } from './weigh.ts'
import { ageText, listText, sizeText } from './words.ts'

type Held = { mode: Touched['mode']; line: number }

/**
 * Locks that a transaction keeps until its end: what waits for them, while later statements work. Told statement by statement.
 */
export class HeldLocks {
  readonly #held = new Map<number, Held & { key: string }>()

  /** What the next statement means for the locks that are held; then it holds its own, too. */
  next(verdict: Verdict, line: number, known: Known): GateFinding[] {
    const touched = [...verdict.touched].flatMap(([key, each]) =>
      each.oid === null ? [] : [{ ...each, key, oid: each.oid }],
    )
    const findings = [...this.#whileWorking(touched, line, known), ...this.#upgrades(touched, line)]
    for (const { oid, key, mode } of touched) {
      const held = this.#held.get(oid)
      if (held === undefined || isStronger(mode, held.mode)) this.#held.set(oid, { key, mode, line })
    }
    return findings
  }

  /** Tables that nobody can read from some point on: an application that takes them in another order is a deadlock. */
  severalTables(): GateFinding[] {
    const names = [...this.#held.values()].filter(({ mode }) => blocksReads(mode)).map(({ key }) => key)
    if (names.length < 3) return []
    const detail = `${names.length} are locked at the same time (${listText(names)}). Programs that use them in another order may deadlock with it; smaller migrations do not.`
    return [finding('several-tables', 'warning', null, detail)]
  }

  #whileWorking(
    touched: (Touched & { key: string; oid: number })[],
    line: number,
    known: Known,
  ): GateFinding[] {
    const working = touched.filter(({ works }) => works.some(({ rule }) => rule !== 'destructive'))
    const bytes = working.reduce((sum, { oid }) => sum + (known.figures.get(oid)?.bytes ?? smallBytes), 0)
    if (bytes < smallBytes) return []
    const own = new Map(touched.map(({ oid, mode }) => [oid, mode]))
    const waiting = [...this.#held].filter(([oid, { mode }]) => {
      const now = own.get(oid)
      // What this statement locks as strongly by itself it tells of itself.
      return blocksWrites(mode) && (now === undefined || isStronger(mode, now))
    })
    if (waiting.length === 0) return []
    const names = listText(waiting.map(([, held]) => `${held.key} (line ${held.line})`))
    const detail = `${names} stay locked while this works through ${sizeText(bytes)}. Move the long work into a migration of its own.`
    return [finding('lock-held', bytes >= largeBytes ? 'danger' : 'warning', line, detail)]
  }

  #upgrades(touched: (Touched & { key: string; oid: number })[], line: number): GateFinding[] {
    const raised = touched.flatMap(({ oid, key, mode }) => {
      const held = this.#held.get(oid)
      const rises = held !== undefined && isStronger(mode, held.mode) && blocksWrites(mode)
      return rises ? [`${key} from ${held.mode} (line ${held.line}) to ${mode}`] : []
    })
    if (raised.length === 0) return []
    const detail = `${listText(raised)}. Two who do so wait for each other. Begin with the strongest lock, or put the statements into migrations of their own.`
    return [finding('lock-upgrade', 'warning', line, detail)]
  }
}

const GB = 1024 ** 3
const dayAndHalf = 36 * 3600

const replicaLag = ({ standbys }: Surroundings): GateFinding => {
  const say = (severity: Severity, detail: string) => finding('replica-lag', severity, null, detail)
  if (standbys.length === 0) {
    return say(
      'ok',
      'No standby streams from this server. Others, of a managed service or fed from the archive, are not seen here.',
    )
  }
  const unknown = standbys.filter(({ lagBytes }) => lagBytes === null)
  const known = standbys.flatMap(({ name, lagBytes }) => (lagBytes === null ? [] : [{ name, lagBytes }]))
  const behind = known.map(
    ({ name, lagBytes }) => `Standby "${name}" is ${sizeText(Math.max(0, lagBytes))} behind`,
  )
  const missing = unknown.map(
    ({ name }) => `how far standby "${name}" is behind is not known (that takes pg_monitor)`,
  )
  const most = Math.max(0, ...known.map(({ lagBytes }) => lagBytes))
  const severity = most >= GB ? 'danger' : most >= 64 * 1024 ** 2 || unknown.length > 0 ? 'warning' : 'ok'
  const wait = severity === 'ok' ? '' : ' What the migration writes and locks reaches them after that.'
  return say(severity, `${listText([...behind, ...missing])}.${wait}`)
}

const backupAge = ({ backup }: Surroundings, losesData: boolean): GateFinding => {
  const bad: Severity = losesData ? 'danger' : 'warning'
  const say = (severity: Severity, detail: string) => finding('backup-age', severity, null, detail)
  if (!backup.known) return say(bad, `Not known: ${backup.because}.`)
  if (backup.ageSeconds === null) return say(bad, 'ops.backup_run has no backup that succeeded.')
  const old = backup.ageSeconds > dayAndHalf
  const tail = losesData ? ' What this migration takes away is in nothing younger.' : ''
  return say(old ? bad : 'ok', `It ended ${ageText(backup.ageSeconds)} ago.${tail}`)
}

/** Findings of a migration as a whole. */
export const migrationFindings = (
  migration: {
    name: string
    direction: 'up' | 'down'
    hasDown: boolean
    confirm: string[]
    statements: GatedStatement[]
  },
  held: HeldLocks | null,
  surroundings: Surroundings,
): GateFinding[] => {
  const { name, direction, hasDown, confirm } = migration
  const noWay =
    direction === 'up' && !hasDown
      ? [
          finding(
            'no-way-down',
            'warning',
            null,
            `There is no ${name}.down.sql. What it does can only be mended by another migration, or from a backup.`,
          ),
        ]
      : []
  return [
    ...noWay,
    ...(held?.severalTables() ?? []),
    replicaLag(surroundings),
    backupAge(surroundings, confirm.length > 0),
  ]
}
