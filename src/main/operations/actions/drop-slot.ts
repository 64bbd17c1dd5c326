import { sql } from 'kysely'
import { ConsoleError } from '../../../shared/errors.ts'
import { formatBytes } from '../../../shared/format-quantity.ts'
import type { ActDone, DropSlotInput, DropSlotPlan } from '../../../shared/operations-actions.ts'
import type { Writer, Writing } from '../../session/writer.ts'
import { counted } from '../judging.ts'
import { walEnd } from '../sql-parts.ts'
import { readRecording, recordAct } from './recording.ts'

type Slot = DropSlotPlan['slot'] & {
  activePid: number | null
  walStatus: string | null
  me: string
  mayDrop: boolean
}

/** Fails with `NOT_FOUND`. */
const readSlot = async (query: Writing['query'], name: string): Promise<Slot> => {
  const [slot] = await query(
    sql<Slot>`
      SELECT s.slot_name::text AS "name", s.slot_type AS "kind", s.database::text AS "database", s.active AS "isActive",
             s.active_pid AS "activePid", s.wal_status AS "walStatus",
             pg_wal_lsn_diff(${walEnd}, s.restart_lsn)::float8 AS "retained",
             greatest(age(s.xmin), age(s.catalog_xmin))::float8 AS "xminAge",
             me.rolname::text AS "me", me.rolsuper OR me.rolreplication AS "mayDrop"
        FROM pg_replication_slots AS s
        JOIN pg_roles AS me ON me.rolname = current_user
       WHERE s.slot_name = ${name}`,
  )
  if (slot !== undefined) return slot
  throw new ConsoleError('NOT_FOUND', `There is no replication slot ${name}.`, 'Look at the list again.')
}

const refusalOf = ({ name, isActive, activePid, me, mayDrop }: Slot): ConsoleError | null => {
  if (isActive) {
    return new ConsoleError(
      'CONFLICT',
      `The slot ${name} is in use${activePid === null ? '' : ` by backend ${activePid}`}.`,
      'Stop the standby or the subscriber that uses it, for good, before you drop it.',
    )
  }
  return mayDrop
    ? null
    : new ConsoleError(
        'PERMISSION_DENIED',
        `${me} may not drop replication slots.`,
        'Connect as a role with REPLICATION, or as a superuser.',
      )
}

const effectsOf = ({ kind, retained, walStatus, xminAge, database }: Slot): string[] => [
  retained === null
    ? 'No WAL is kept for it any more.'
    : `${formatBytes(retained)} of WAL are kept for it, and go at the next checkpoint.`,
  ...(xminAge === null || xminAge === 0
    ? []
    : [`VACUUM may take away what ${counted(xminAge, 'transaction')} left dead meanwhile.`]),
  kind === 'logical'
    ? `A subscriber${database === null ? '' : ` of ${database}`} that comes back cannot go on: its copy has to be made anew.`
    : walStatus === 'lost'
      ? 'The standby that used it has to be made anew in any case: what it needs is gone.'
      : 'A standby that comes back later may have to be made anew, unless the archive has what it needs.',
]

export const planDropSlot = async (query: Writing['query'], name: string): Promise<DropSlotPlan> => {
  const found = await readSlot(query, name)
  const { kind, database, isActive, retained, xminAge } = found
  return {
    slot: { name, kind, database, isActive, retained, xminAge },
    effects: effectsOf(found),
    refusal: refusalOf(found)?.toShape() ?? null,
    recording: await readRecording(query),
  }
}

/** Drops a slot that nobody uses, once its name was typed. Recorded first, in the same transaction. */
export const dropSlot = async (
  writer: Writer,
  { name, typedName, reason }: DropSlotInput,
  signal: AbortSignal,
): Promise<ActDone> => {
  if (typedName !== name) {
    throw new ConsoleError(
      'CONFIRMATION_REQUIRED',
      `"${typedName}" is not the name of the slot. Nothing was dropped.`,
      `Type the name exactly as it is written: ${name}.`,
    )
  }
  return writer.write(reason, signal, async ({ query }) => {
    const slot = await readSlot(query, name)
    const refusal = refusalOf(slot)
    if (refusal !== null) throw refusal
    const { kind, database, retained } = slot
    const recording = await recordAct(query, {
      what: 'drop replication slot',
      scope: { slot: name, kind, database, retained },
      reason,
    })
    await query(sql`SELECT pg_drop_replication_slot(${name})`)
    return {
      text: `The slot ${name} is gone${retained === null ? '' : `, and with it the claim on ${formatBytes(retained)} of WAL`}.`,
      recording,
    }
  })
}
