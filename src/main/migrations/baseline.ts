import { ConsoleError } from '../../shared/errors.ts'
import type { MigrationRun } from '../../shared/migrations.ts'
import { newTag } from '../session/tag.ts'
import type { Applied } from './apply.ts'
import { byVersion, type MigrationFile } from './files.ts'
import { beginRun, endRunDone, readHistory, readRun, toRun } from './history.ts'
import { assertUnchanged, type Ledger, prefixSum, readLedger } from './ledger.ts'
import { withMigrator } from './migrator.ts'
import type { MigrationLink } from './send.ts'
import { findEntry } from './steps.ts'

/** Milliseconds. */
const lockTimeout = 3000

const conflict = (message: string, remedy: string): ConsoleError =>
  new ConsoleError('CONFLICT', message, remedy)

/** Which files to write down as being in the database. In a history that has begun, only those that a person named by their last one. */
const takenBy = (ledger: Ledger, files: readonly MigrationFile[], to: string | null): MigrationFile[] => {
  assertUnchanged(ledger)
  const stuck = ledger.entries.find(({ halfDone }) => halfDone !== null)
  if (stuck !== undefined) {
    throw conflict(`${stuck.name} is half done.`, 'Bring it to its end first.')
  }
  if (ledger.current !== null && to === null) {
    throw conflict(
      'This database has a history already.',
      'Where a new file only writes down what the database has, name that file with --to. Others are run with "viruj-console migrate up".',
    )
  }
  const last = to === null ? null : findEntry(ledger, to)
  const pending = new Set(
    ledger.entries.filter(({ state }) => state === 'pending').map(({ version }) => version),
  )
  const taken = files.filter(
    (file) => pending.has(file.version) && (last === null || byVersion(file, last) <= 0),
  )
  if (taken.length === 0 && last !== null) {
    throw conflict(`Nothing through ${last.name} is pending.`, 'See "viruj-console migrate status".')
  }
  return taken
}

/**
 * Writes into the history that the pending files through `to` are in this database already; null: all, into a history that is
 * empty. Runs none of them. All rows are written, or none. Fails with `CONFLICT` or `CHECKSUM_MISMATCH`.
 */
export const writeBaseline = (
  link: MigrationLink,
  files: readonly MigrationFile[],
  { to, reason }: { to: string | null; reason: string },
): Promise<Applied> =>
  withMigrator(link, lockTimeout, async ({ ask }) => {
    const { client } = link
    const ledger = readLedger(files, await readHistory(ask))
    const taken = takenBy(ledger, files, to)
    const runs: MigrationRun[] = []
    await client.query(`${newTag()} begin`)
    try {
      for (const { version, name, up } of taken) {
        const id = await beginRun(client, {
          version,
          name,
          direction: 'baseline',
          reason,
          checksum: up.checksum,
          prefixSum: prefixSum(files, version),
          statements: 0,
          statementsBegun: 0,
          statementsDone: 0,
          progressSum: null,
        })
        await endRunDone(client, id)
        runs.push(toRun(await readRun(client, id)))
      }
      await client.query(`${newTag()} commit`)
    } catch (error) {
      // Fails only on a connection that is gone, and its transaction with it.
      await client.query(`${newTag()} rollback`).catch(() => undefined)
      throw error
    }
    return { runs, current: taken.at(-1)?.version ?? ledger.current }
  })
