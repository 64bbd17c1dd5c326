import type { DriftWaiver } from '../../../shared/migrations.ts'
import { databaseError } from '../../session/database-errors.ts'
import type { Session } from '../../session/session.ts'
import { newTag } from '../../session/tag.ts'
import { become, readActingRole } from '../acting-role.ts'
import { type Ask, askOn } from '../ask.ts'
import { readMigrationFiles } from '../files.ts'
import { readHistory } from '../history.ts'
import { assertUnchanged, type LedgerEntry, readLedger } from '../ledger.ts'
import { withMigrationLock } from '../lock.ts'
import { withMigrationLink } from '../migrator.ts'
import type { Snapshot } from './catalog-object.ts'
import { readSnapshot } from './snapshot.ts'
import { readWaivers } from './waivers.ts'

/** What the history says of the target. */
export type TargetHistory = {
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

const readTargetHistory = async (ask: Ask, folder: string, own: string): Promise<TargetHistory> => {
  const ledger = readLedger(await readMigrationFiles(folder), await readHistory(ask))
  assertUnchanged(ledger)
  const applied = ledger.entries.filter(({ appliedBy }) => appliedBy !== null)
  const role = applied.at(-1)?.appliedBy?.actingRole ?? own
  const [about] = await ask<{ database: string; isSuperuser: boolean }>(
    `select pg_catalog.quote_ident(pg_catalog.current_database()) as "database",
            coalesce((select rolsuper from pg_catalog.pg_roles where rolname = $1), false) as "isSuperuser"`,
    [role],
  )
  return {
    database: about?.database ?? '',
    applied,
    halfDone: ledger.entries.filter(({ halfDone }) => halfDone !== null),
    waivers: await readWaivers(ask, 'current'),
    role,
    isSuperuser: about?.isSuperuser ?? false,
  }
}

/**
 * Reads history and catalogs while no migration runs: the lock is shared with other checks, and held for no longer than that. Writes
 * nothing, so that it works in a read-only session and on a standby. `make` begins as soon as the history is known, beside the
 * reading of the catalogs; when one of the two fails the other one is stopped. Fails with `CHECKSUM_MISMATCH` or `MIGRATION_LOCKED`.
 */
export const readTarget = async <Made>(
  session: Pick<Session, 'openConnection' | 'control'>,
  folder: string,
  signal: AbortSignal,
  make: (history: TargetHistory, signal: AbortSignal) => Promise<Made>,
): Promise<{ history: TargetHistory; snapshot: Snapshot; made: Made }> => {
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const failures: unknown[] = []
  const fail = (error: unknown) => {
    failures.push(error)
    stop.abort()
  }
  const makings: Promise<Made>[] = []
  const read = async () =>
    withMigrationLink(session, either, async ({ client, context, destroy }) => {
      const abort = () => destroy()
      either.addEventListener('abort', abort)
      try {
        const ask = askOn(client)
        const own = await readActingRole(ask)
        await become(client, own)
        await client.query(`${newTag()} set default_transaction_read_only = on`)
        const reading = async () => {
          const history = await readTargetHistory(ask, folder, own)
          const making = make(history, either)
          making.catch(fail)
          makings.push(making)
          return { history, snapshot: await readSnapshot(client) }
        }
        return await withMigrationLock(client, reading, 'shared')
      } catch (error) {
        throw databaseError(signal.aborted ? signal.reason : error, context)
      } finally {
        either.removeEventListener('abort', abort)
      }
    })
  const reading = read()
  reading.catch(fail)
  // Whatever was begun has ended, and left nothing behind, before anybody hears of a failure: of the first one, which stopped the other.
  await Promise.allSettled([reading])
  await Promise.allSettled(makings)
  if (failures.length > 0) throw failures[0]
  const [making] = makings
  if (making === undefined) throw new Error('The history was read, and nothing was made of it.')
  return { ...(await reading), made: await making }
}
