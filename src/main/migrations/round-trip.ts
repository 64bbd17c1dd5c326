import type pg from 'pg'
import { ConsoleError } from '../../shared/errors.ts'
import type { Difference, GateFinding, RoundTripReport } from '../../shared/migrations.ts'
import type { JobContext } from '../session/jobs.ts'
import type { Session } from '../session/session.ts'
import type { Snapshot } from './drift/catalog-object.ts'
import { compareSnapshots } from './drift/compare.ts'
import { readSnapshot } from './drift/snapshot.ts'
import type { MigrationFile, MigrationScript } from './files.ts'
import { roundTripFinding } from './gate/round-trip-finding.ts'
import { assertUnchanged, filesThrough, folderSum } from './ledger.ts'
import { lookAtMigrations } from './look.ts'
import { type ShadowKind, withShadow } from './shadow.ts'
import { readShadowGround } from './shadow-ground.ts'
import { runOnShadow } from './shadow-run.ts'
import { planSteps, type Wanted } from './steps.ts'

type Tried = Omit<RoundTripReport['migrations'][number], 'filesSum'>

type Shadow = {
  client: pg.Client
  kind: ShadowKind
  context: JobContext
  /** A step of the way is done. */
  advance: (what: string) => void
}

const run = async ({ client, kind, context }: Shadow, name: string, script: MigrationScript): Promise<void> =>
  runOnShadow(client, kind, [{ name, script }], { signal: context.signal })

/** Why a script does not run on the shadow; what another shadow could help is thrown on. */
const failureOf = async (shadow: Shadow, name: string, script: MigrationScript): Promise<string | null> => {
  try {
    await run(shadow, name, script)
    return null
  } catch (error) {
    if (error instanceof ConsoleError && error.code === 'MIGRATION_FAILED') return error.message
    throw error
  }
}

const tried = (
  { version, name }: MigrationFile,
  outcome: Tried['outcome'],
  findings: GateFinding[],
): Tried => ({
  version,
  name,
  outcome,
  findings,
})

/** One migration up, down and up again. `after`: what it leaves; null: the way ends here. */
const tryMigration = async (
  shadow: Shadow,
  file: MigrationFile,
  before: Snapshot,
): Promise<{ result: Tried; after: Snapshot | null }> => {
  const { name, up, down } = file
  shadow.advance(`${name} up`)
  const fails = await failureOf(shadow, name, up)
  if (fails !== null) {
    return { result: tried(file, 'failed', [roundTripFinding.fails('up', fails)]), after: null }
  }
  const after = await readSnapshot(shadow.client)
  if (down === null) return { result: tried(file, 'none', [roundTripFinding.noDown(name)]), after }

  shadow.advance(`${name} down`)
  const fallsBack = await failureOf(shadow, name, down)
  if (fallsBack !== null) {
    // Without a transaction some of its statements may be done: nothing that follows would say anything.
    const goesOn = down.transactional ? after : null
    return { result: tried(file, 'failed', [roundTripFinding.fails('down', fallsBack)]), after: goesOn }
  }
  const left = await compareSnapshots(before, await readSnapshot(shadow.client))

  shadow.advance(`${name} up again`)
  const failsAgain = await failureOf(shadow, name, up)
  if (failsAgain !== null) {
    const findings = [...differing('down', left), roundTripFinding.fails('up again', failsAgain)]
    return { result: tried(file, 'failed', findings), after: null }
  }
  const again = await readSnapshot(shadow.client)
  const findings = [
    ...differing('down', left),
    ...differing('up again', await compareSnapshots(after, again)),
  ]
  return {
    result:
      findings.length > 0 ? tried(file, 'differs', findings) : tried(file, 'same', [roundTripFinding.same()]),
    after: again,
  }
}

const differing = (behind: 'down' | 'up again', differences: Difference[]): GateFinding[] =>
  differences.length === 0 ? [] : [roundTripFinding.differs(behind, differences)]

/**
 * Tries each migration of a plan up, down and up again on a shadow, on top of what is applied: nothing may be left over, and nothing
 * may be missing. It tells of the schema alone; a shadow has no rows. Changes nothing. Fails with `ConsoleError`.
 */
export const tryRoundTrip = async (
  session: Pick<Session, 'openConnection' | 'database' | 'state'>,
  folder: string,
  wanted: Wanted,
  context: JobContext,
): Promise<RoundTripReport> => {
  const { signal, log, report } = context
  const started = performance.now()
  const { files: all, ledger, runsAs } = await lookAtMigrations(session, folder, signal)
  assertUnchanged(ledger)
  const wantedFiles = new Map(planSteps(ledger, wanted).map(({ file }) => [file.version, file]))
  const files = [...wantedFiles.values()].sort((a, b) => Number(a.version) - Number(b.version))
  const base = ledger.entries.flatMap(({ appliedBy, file }) =>
    appliedBy === null || file === null || wantedFiles.has(file.version) ? [] : file,
  )
  const total = base.length + files.reduce((sum, { down }) => sum + (down === null ? 1 : 3), 0)

  const ground = await readShadowGround(session, signal, runsAs)
  return withShadow(session, ground, { signal, log }, async (client, kind) => {
    let done = 0
    const advance = (what: string) => {
      report({ done, total, unit: 'runs', what })
      done += 1
    }
    const shadow = { client, kind, context, advance }
    for (const { name, up } of base) {
      advance(name)
      await run(shadow, name, up)
    }
    const migrations: RoundTripReport['migrations'] = []
    let before: Snapshot | null = await readSnapshot(client)
    for (const file of files) {
      if (before === null) break
      const { result, after } = await tryMigration(shadow, file, before)
      migrations.push({ ...result, filesSum: folderSum(filesThrough(all, file.version)) })
      before = after
    }
    report({ done: total, total, unit: 'runs', what: 'compared' })
    return { shadow: kind, milliseconds: Math.round(performance.now() - started), migrations }
  })
}
