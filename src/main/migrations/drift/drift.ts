import type { DriftReport } from '../../../shared/migrations.ts'
import type { JobContext } from '../../session/jobs.ts'
import type { Session } from '../../session/session.ts'
import { compareSnapshots } from './compare.ts'
import type { Expect } from './expectation.ts'
import { withMends } from './mend/mend.ts'
import { mendingScript } from './mend/mending-script.ts'
import { readTarget } from './read-target.ts'
import { withoutUndecided } from './superusers-part.ts'
import { withoutUpkeep } from './upkeep.ts'
import { withWaivers } from './waived.ts'

/**
 * Compares the session's database with what its applied migrations make of an empty one. What is pending is ignored, and so is what
 * only a superuser decides. Changes nothing. Fails with `ConsoleError`.
 */
export const checkDrift = async (
  session: Pick<Session, 'openConnection' | 'control'>,
  folder: string,
  expect: Expect,
  context: JobContext,
): Promise<DriftReport> => {
  const started = performance.now()
  const notes: string[] = []
  const log = (line: string) => {
    notes.push(line)
    context.log(line)
  }
  const { history, snapshot, made } = await readTarget(session, folder, context.signal, (known, signal) =>
    expect(known, { ...context, signal, log }),
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
    shadowMadeAt: made.madeAt,
    objects: actual.objects.size,
    milliseconds: Math.round(performance.now() - started),
    differences,
    adoption: adoption === '' ? null : adoption,
    notes,
  }
}
