import { ConsoleError } from '../../shared/errors.ts'
import type { MigrationRun } from '../../shared/migrations.ts'
import { newTag } from '../session/tag.ts'
import type { Applied } from './apply.ts'
import { byVersion, type MigrationFile } from './files.ts'
import { beginRun, endRunDone, readHistory, readRun, toRun } from './history.ts'
import { prefixSum, readLedger } from './ledger.ts'
import { withMigrator } from './migrator.ts'
import type { MigrationLink } from './send.ts'
import { findEntry } from './steps.ts'

/** Milliseconds. */
const lockTimeout = 3000

/**
 * Writes into a history that is empty that the files through `to` are what made this database; null: all. Runs none of them. All
 * rows are written, or none. Fails with `CONFLICT` where something was applied before.
 */
export const writeBaseline = (
  link: MigrationLink,
  files: readonly MigrationFile[],
  { to, reason }: { to: string | null; reason: string },
): Promise<Applied> =>
  withMigrator(link, lockTimeout, async ({ ask }) => {
    const { client } = link
    const ledger = readLedger(files, await readHistory(ask))
    if (ledger.entries.some(({ appliedBy, halfDone }) => appliedBy !== null || halfDone !== null)) {
      throw new ConsoleError(
        'CONFLICT',
        'This database has a history: a baseline begins one.',
        'Go on with "viruj-console migrate up".',
      )
    }
    const last = to === null ? null : findEntry(ledger, to)
    const taken = files.filter((file) => last === null || byVersion(file, last) <= 0)
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
    return { runs, current: taken.at(-1)?.version ?? null }
  })
