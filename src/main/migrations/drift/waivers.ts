import { ConsoleError } from '../../../shared/errors.ts'
import type { DriftWaive, DriftWaiver } from '../../../shared/migrations.ts'
import type { Ask } from '../ask.ts'
import { hasHistory } from '../history.ts'

const columns = `id::text as "id", kind, identity, attribute, who, reason, until::text as "until"`

/** A waiver holds through its last day, in UTC as the server's clock has it. */
const today = `(pg_catalog.clock_timestamp() at time zone 'UTC')::date`

/** Waivers that nobody took back, the newest first: those that hold now, or with those that have run out. */
export const readWaivers = async (ask: Ask, which: 'all' | 'current'): Promise<DriftWaiver[]> => {
  if (!(await hasHistory(ask))) return []
  return ask<DriftWaiver>(
    `select ${columns} from viruj_console.drift_waiver as w
      where revoked_at is null ${which === 'all' ? '' : `and until >= ${today}`}
      order by w.id desc`,
  )
}

/** Writes down who accepts a difference, why and until when. The history is there. Fails with `INVALID_INPUT`. */
export const addWaiver = async (ask: Ask, waiver: DriftWaive): Promise<DriftWaiver> => {
  const { kind, identity, attribute, reason, until } = waiver
  const [row] = await ask<DriftWaiver>(
    `insert into viruj_console.drift_waiver (kind, identity, attribute, reason, until)
     select $1, $2, $3, $4, $5::date where $5::date >= ${today}
     returning ${columns}`,
    [kind, identity, attribute, reason, until],
  )
  if (row !== undefined) return row
  throw new ConsoleError(
    'INVALID_INPUT',
    `${until} is past: such a waiver would never hold.`,
    'Name today or a later day.',
  )
}

/** Takes a waiver back; who did is kept beside it. Fails with `NOT_FOUND`. */
export const revokeWaiver = async (ask: Ask, id: string): Promise<void> => {
  const rows = await ask<{ id: string }>(
    `update viruj_console.drift_waiver set revoked_at = pg_catalog.clock_timestamp(), revoked_by = session_user
      where id::text = $1 and revoked_at is null returning id::text as "id"`,
    [id],
  )
  if (rows.length > 0) return
  throw new ConsoleError(
    'NOT_FOUND',
    `There is no waiver ${id}, or it was taken back already.`,
    'Read the list of waivers again.',
  )
}
