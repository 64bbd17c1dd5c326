import { ConsoleError } from '../../shared/errors.ts'
import type { JobState } from '../../shared/jobs.ts'
import type {
  DriftReport,
  DriftWaive,
  DriftWaiver,
  MigrationFileText,
  MigrationPlan,
  MigrationRun,
  MigrationsBaseline,
  MigrationsPlan,
  MigrationsRun,
  MigrationsStatus,
  RoundTripReport,
} from '../../shared/migrations.ts'
import type { Session } from '../session/session.ts'
import { type Applied, applyMigrations } from './apply.ts'
import { writeBaseline } from './baseline.ts'
import { checkDrift } from './drift/drift.ts'
import { createExpect } from './drift/expectation.ts'
import { addWaiver, readWaivers, revokeWaiver } from './drift/waivers.ts'
import { readMigrationFiles } from './files.ts'
import { erpMigrationsFolder } from './folder.ts'
import { toRun } from './history.ts'
import { folderSum, toMigration } from './ledger.ts'
import { lookAtMigrations, readRefusal } from './look.ts'
import { withMigrationLink, withMigrator } from './migrator.ts'
import { planMigrations } from './plan.ts'
import { tryRoundTrip } from './round-trip.ts'

const titles = { up: 'Apply migrations', down: 'Take migrations back', redo: 'Take back and apply again' }

/** Milliseconds. */
const waiverLockTimeout = 3000

/** The folder that a session's migrations are read from. */
export const folderOf = ({ profile }: Pick<Session, 'profile'>): string =>
  profile.migrationsFolder ?? erpMigrationsFolder()

/**
 * Migrations of a session's database.
 * @param options.folder instead of the one that the profile names
 */
export const createMigrations = (session: Session, options: { folder?: string | undefined } = {}) => {
  const folder = options.folder ?? folderOf(session)
  const expect = createExpect(session)

  return {
    async status(_: null, signal: AbortSignal): Promise<MigrationsStatus> {
      const look = await lookAtMigrations(session, folder, signal)
      const { files, initialised, ledger, runsAs, lockedBy } = look
      return {
        folder,
        initialised,
        current: ledger.current,
        migrations: ledger.entries.map(toMigration),
        directorySum: folderSum(files),
        problems: ledger.problems,
        runsAs,
        refusal: await readRefusal(session, look),
        lockedBy,
      }
    },

    /** All runs, the last one first. */
    async history(_: null, signal: AbortSignal): Promise<MigrationRun[]> {
      const { history } = await lookAtMigrations(session, folder, signal)
      return history.map(toRun).reverse()
    },

    /** Fails with `NOT_FOUND`. */
    async file({ version }: { version: string }): Promise<MigrationFileText> {
      const files = await readMigrationFiles(folder)
      const found = files.find((file) => Number(file.version) === Number(version))
      if (found === undefined) {
        throw new ConsoleError(
          'NOT_FOUND',
          `There is no file of migration ${version}.`,
          `Look into the folder ${folder}.`,
        )
      }
      const { name, up, down } = found
      return { version: found.version, name, up: up.sql, down: down?.sql ?? null }
    },

    async plan(input: MigrationsPlan, signal: AbortSignal): Promise<MigrationPlan> {
      const look = await lookAtMigrations(session, folder, signal)
      return planMigrations(session, look, input, signal)
    },

    /** Begins a job; its result is `migrationsRunOutput`. */
    async run(input: MigrationsRun): Promise<JobState> {
      session.assertMayWrite()
      return session.jobs.start(
        { kind: 'migrate', title: titles[input.direction] },
        async (context): Promise<Applied> => {
          const files = await readMigrationFiles(folder)
          return withMigrationLink(session, context.signal, (link) =>
            applyMigrations(link, files, { ...input, approval: input }, context),
          )
        },
      )
    },

    /** Begins a job; its result is `migrationsRunOutput`. */
    async baseline(input: MigrationsBaseline): Promise<JobState> {
      session.assertMayWrite()
      return session.jobs.start(
        { kind: 'baseline', title: 'Begin a history' },
        async ({ signal }): Promise<Applied> => {
          const files = await readMigrationFiles(folder)
          return withMigrationLink(session, signal, (link) => writeBaseline(link, files, input))
        },
      )
    },

    /** Begins a job; its result is `roundTripReport`. Changes nothing. */
    roundTrip: async (input: MigrationsPlan): Promise<JobState> =>
      session.jobs.start(
        { kind: 'round-trip', title: 'Try up, down and up again' },
        (context): Promise<RoundTripReport> => tryRoundTrip(session, folder, input, context),
      ),

    /** Begins a job; its result is `driftReport`. Changes nothing. */
    drift: (_: null): Promise<JobState> =>
      session.jobs.start(
        { kind: 'drift', title: 'Check for drift' },
        (context): Promise<DriftReport> => checkDrift(session, folder, expect, context),
      ),

    /** Waivers that nobody took back, also those that have run out; the newest first. */
    async waivers(_: null, signal: AbortSignal): Promise<DriftWaiver[]> {
      const { ask } = await lookAtMigrations(session, folder, signal)
      return readWaivers(ask, 'all')
    },

    async waive(input: DriftWaive, signal: AbortSignal): Promise<DriftWaiver> {
      session.assertMayWrite()
      return withMigrationLink(session, signal, (link) =>
        withMigrator(link, waiverLockTimeout, ({ ask }) => addWaiver(ask, input)),
      )
    },

    /** Fails with `NOT_FOUND`. */
    async unwaive({ id }: { id: string }, signal: AbortSignal): Promise<void> {
      session.assertMayWrite()
      await withMigrationLink(session, signal, (link) =>
        withMigrator(link, waiverLockTimeout, ({ ask }) => revokeWaiver(ask, id)),
      )
    },
  }
}
