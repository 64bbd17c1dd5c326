import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { inject } from 'vitest'
import { createMigrations } from '../../src/main/migrations/migrations.ts'
import type { Session } from '../../src/main/session/session.ts'
import type { JobState } from '../../src/shared/jobs.ts'
import type { MigrationPlan, MigrationsRun } from '../../src/shared/migrations.ts'
import { noAbort } from './session.ts'

/** A folder of migrations: `{ '0001_a.up': 'create table a ()' }`. */
export const migrationsFolder = (files: Record<string, string>): string => {
  const folder = mkdtempSync(join(inject('runFolder'), 'migrations-'))
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(folder, `${name}.sql`), sql)
  return folder
}

/** The job's state once it has ended. */
export const ended = async (session: Pick<Session, 'jobs'>, { id }: JobState): Promise<JobState> => {
  for (;;) {
    const state = await session.jobs.get({ jobId: id })
    if (state.status !== 'running') return state
    await wait(10)
  }
}

/** The migrations of a session in the few words that tests say. */
export const migrationsOf = (session: Session, folder: string) => {
  const migrations = createMigrations(session, { folder })
  const run = async (
    direction: MigrationPlan['direction'] = 'up',
    more: Partial<MigrationsRun> = {},
  ): Promise<JobState> => {
    const { to = null } = more
    const plan = await migrations.plan({ direction, to }, noAbort())
    return ended(
      session,
      await migrations.run({
        direction,
        to,
        reason: 'a test',
        confirmed: plan.migrations.flatMap(({ confirm }) => confirm),
        checksums: plan.migrations.map(({ checksum }) => checksum),
        lockTimeout: 3000,
        lockRetries: 5,
        unclear: null,
        ...more,
      }),
    )
  }
  return {
    migrations,
    run,
    status: () => migrations.status(null, noAbort()),
    history: () => migrations.history(null, noAbort()),
    /** `0001_a applied`, one line each. */
    async states(): Promise<string[]> {
      const { migrations: all } = await migrations.status(null, noAbort())
      return all.map(({ name, state }) => `${name} ${state}`)
    },
  }
}
