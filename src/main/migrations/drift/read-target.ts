import type { DriftWaiver } from '../../../shared/migrations.ts'
import { databaseError } from '../../session/database-errors.ts'
import type { Session } from '../../session/session.ts'
import { newTag } from '../../session/tag.ts'
import { become, readActingRole } from '../acting-role.ts'
import { askOn } from '../ask.ts'
import { readMigrationFiles } from '../files.ts'
import { readHistory } from '../history.ts'
import { assertUnchanged, type LedgerEntry, readLedger } from '../ledger.ts'
import { withMigrationLock } from '../lock.ts'
import { withMigrationLink } from '../migrator.ts'
import type { Snapshot } from './catalog-object.ts'
import { readSnapshot } from './snapshot.ts'
import { readWaivers } from './waivers.ts'

/** The target as it is, and what the history says it should be. */
export type TargetState = {
  snapshot: Snapshot
  /** Name of the database, quoted. */
  database: string
  /** Migrations that are in it, in the order of their versions. */
  applied: LedgerEntry[]
  halfDone: LedgerEntry[]
  /** Waivers that hold now. */
  waivers: DriftWaiver[]
  /** Role that the last of them ran as; where none ran, the one that this session migrates as. */
  role: string
  isSuperuser: boolean
}

/**
 * Reads history and catalogs while no migration runs: the lock is shared with other checks, and given back before the shadow is
 * made. Writes nothing, so that it works in a read-only session and on a standby. Fails with `CHECKSUM_MISMATCH` or
 * `MIGRATION_LOCKED`.
 */
export const readTarget = (
  session: Pick<Session, 'openConnection' | 'control'>,
  folder: string,
  signal: AbortSignal,
): Promise<TargetState> =>
  withMigrationLink(session, signal, async ({ client, context, destroy }) => {
    const abort = () => destroy()
    signal.addEventListener('abort', abort)
    try {
      const files = await readMigrationFiles(folder)
      const ask = askOn(client)
      const own = await readActingRole(ask)
      await become(client, own)
      await client.query(`${newTag()} set default_transaction_read_only = on`)
      return await withMigrationLock(
        client,
        async () => {
          const ledger = readLedger(files, await readHistory(ask))
          assertUnchanged(ledger)
          const applied = ledger.entries.filter(({ appliedBy }) => appliedBy !== null)
          const role = applied.at(-1)?.appliedBy?.actingRole ?? own
          const [about] = await ask<{ database: string; isSuperuser: boolean }>(
            `select pg_catalog.quote_ident(pg_catalog.current_database()) as "database",
                    coalesce((select rolsuper from pg_catalog.pg_roles where rolname = $1), false) as "isSuperuser"`,
            [role],
          )
          return {
            snapshot: await readSnapshot(client),
            waivers: await readWaivers(ask, 'current'),
            database: about?.database ?? '',
            isSuperuser: about?.isSuperuser ?? false,
            halfDone: ledger.entries.filter(({ halfDone }) => halfDone !== null),
            applied,
            role,
          }
        },
        'shared',
      )
    } catch (error) {
      throw databaseError(signal.aborted ? signal.reason : error, context)
    } finally {
      signal.removeEventListener('abort', abort)
    }
  })
