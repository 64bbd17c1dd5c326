import { createHash } from 'node:crypto'
import type { JobContext } from '../../session/jobs.ts'
import type { Session } from '../../session/session.ts'
import { newTag } from '../../session/tag.ts'
import { type ShadowKind, tellObstacle, withShadow } from '../shadow.ts'
import { readShadowGround, type ShadowGround } from '../shadow-ground.ts'
import { type NamedScript, runOnShadow } from '../shadow-run.ts'
import type { Snapshot } from './catalog-object.ts'
import type { TargetHistory } from './read-target.ts'
import { readSnapshot } from './snapshot.ts'

/** What the migrations that are applied make of an empty database, as the role that ran them. */
export type Expectation = {
  snapshot: Snapshot
  shadow: ShadowKind
  isSuperuser: boolean
  /** When the shadow was there. */
  madeAt: string
}

/** Makes an expectation, or finds it made already. */
export type Expect = (
  history: Pick<TargetHistory, 'applied' | 'database' | 'role'>,
  context: JobContext,
) => Promise<Expectation>

/** `cluster` follows from the surroundings, and comes in any order. */
const sumOf = ({ cluster: _, ...ground }: ShadowGround, scripts: readonly NamedScript[]): string =>
  createHash('sha256')
    .update(JSON.stringify([ground, scripts.map(({ name, script }) => [name, script.checksum])]))
    .digest('hex')

/**
 * Keeps the last expectation of a session in memory, and gives it again while the migrations and the ground of their shadow are what
 * they were: see decision 15. The console and its version are this very process.
 */
export const createExpect = (session: Pick<Session, 'openConnection' | 'state'>): Expect => {
  let kept: { sum: string; expectation: Expectation } | null = null

  return async ({ applied, database, role }, { signal, report, log }) => {
    const scripts = applied.flatMap(({ name, file }) => (file === null ? [] : { name, script: file.up }))
    const ground = await readShadowGround(session, signal, role)
    const sum = sumOf(ground, scripts)
    if (kept?.sum === sum) {
      tellObstacle(ground.obstacle, log)
      return kept.expectation
    }
    kept = null
    const expectation = await withShadow(session, ground, { signal, log }, async (client, shadow) => {
      await runOnShadow(client, shadow, scripts, {
        signal,
        onScript: (what, done) => report({ done, total: scripts.length, unit: 'migrations', what }),
      })
      const { rows } = await client.query<{ is: boolean }>(
        `${newTag()} select rolsuper as "is" from pg_catalog.pg_roles where rolname = current_user`,
      )
      const snapshot = await readSnapshot(client, { database })
      return { snapshot, shadow, isSuperuser: rows[0]?.is ?? false, madeAt: new Date().toISOString() }
    })
    // Where the server's own shadow was tried in vain, the reason may be gone at the next time.
    const isFirstChoice = expectation.shadow === (ground.obstacle === null ? 'same-server' : 'embedded')
    // What was changed meanwhile, and changed back later, must not be taken for the same.
    if (isFirstChoice && sumOf(await readShadowGround(session, signal, role), scripts) === sum) {
      kept = { sum, expectation }
    }
    return expectation
  }
}
