import type { DriftReport } from '../../../shared/migrations.ts'
import type { JobContext } from '../../session/jobs.ts'
import type { Session } from '../../session/session.ts'
import { newTag } from '../../session/tag.ts'
import { type ShadowKind, withShadow } from '../shadow.ts'
import { runOnShadow } from '../shadow-run.ts'
import type { Snapshot } from './catalog-object.ts'
import { compareSnapshots } from './compare.ts'
import { withMends } from './mend/mend.ts'
import { mendingScript } from './mend/mending-script.ts'
import { readTarget, type TargetHistory } from './read-target.ts'
import { readSnapshot } from './snapshot.ts'
import { withoutUndecided } from './superusers-part.ts'
import { withoutUpkeep } from './upkeep.ts'
import { withWaivers } from './waived.ts'

type Expectation = { snapshot: Snapshot; shadow: ShadowKind; isSuperuser: boolean }

/** What the migrations that are applied make of an empty database, as the role that ran them. */
const expectation = (
  session: Pick<Session, 'openConnection' | 'state'>,
  { applied, database, role }: Pick<TargetHistory, 'applied' | 'database' | 'role'>,
  { signal, report, log }: JobContext,
): Promise<Expectation> =>
  withShadow(session, { signal, log, role }, async (client, shadow) => {
    const scripts = applied.flatMap(({ name, file }) => (file === null ? [] : { name, script: file.up }))
    await runOnShadow(client, shadow, scripts, {
      signal,
      onScript: (what, done) => report({ done, total: scripts.length, unit: 'migrations', what }),
    })
    const { rows } = await client.query<{ is: boolean }>(
      `${newTag()} select rolsuper as "is" from pg_catalog.pg_roles where rolname = current_user`,
    )
    return { snapshot: await readSnapshot(client, { database }), shadow, isSuperuser: rows[0]?.is ?? false }
  })

/**
 * Compares the session's database with what its applied migrations make of an empty one. What is pending is ignored, and so is what
 * only a superuser decides. Changes nothing. Fails with `ConsoleError`.
 */
export const checkDrift = async (
  session: Pick<Session, 'openConnection' | 'control' | 'state'>,
  folder: string,
  context: JobContext,
): Promise<DriftReport> => {
  const started = performance.now()
  const notes: string[] = []
  const log = (line: string) => {
    notes.push(line)
    context.log(line)
  }
  const { history, snapshot, made } = await readTarget(session, folder, context.signal, (known, signal) =>
    expectation(session, known, { ...context, signal, log }),
  )
  const { applied, halfDone, isSuperuser, waivers } = history
  for (const { name } of halfDone) log(`${name} is half done: what it has done so far shows as differences.`)
  const decided =
    isSuperuser && made.isSuperuser
      ? { expected: made.snapshot, actual: snapshot, notes: [] }
      : withoutUndecided(made.snapshot, snapshot)
  const { expected, actual, notes: upkeep } = withoutUpkeep(decided.expected, decided.actual)
  for (const note of [...decided.notes, ...upkeep]) log(note)
  const found = withMends(await compareSnapshots(expected, actual), expected, actual)
  const differences = withWaivers(found, waivers, [expected, actual])
  const counted = differences.filter(({ waived }) => !waived)
  const adoption = mendingScript(counted, 'mendMigrations', expected, actual)
  return {
    checkedAt: new Date().toISOString(),
    version: applied.at(-1)?.version ?? null,
    shadow: made.shadow,
    objects: actual.objects.size,
    milliseconds: Math.round(performance.now() - started),
    differences,
    adoption: adoption === '' ? null : adoption,
    notes,
  }
}
