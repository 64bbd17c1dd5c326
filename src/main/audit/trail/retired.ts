import { createHash } from 'node:crypto'
import type pg from 'pg'
import { z } from 'zod'
import { readEvent } from '../../../../resources/verify.mjs'
import type { RetiredMonth } from '../../../shared/audit-trail.ts'
import { newTag } from '../../session/tag.ts'
import { leafHash } from './merkle.ts'
import type { SealRow } from './seal.ts'

const number = z.string().regex(/^[0-9]{1,19}$/)
const digest = z.string().regex(/^[0-9a-f]{64}$/)

const note = z.object({
  retired: z.string(),
  events: z.number(),
  from_seal: number.nullable(),
  to_seal: number.nullable(),
  remaining: z.array(z.tuple([number, z.number(), digest])),
  packages: z.array(z.object({ sha256: digest, key_id: digest.nullable() })).min(1),
})

/** What remains of a seal whose other events are gone: how many events, and the SHA-256 over their leaves. */
export type Remaining = { n: number; leaves: string }

/** A retired month as its note in the trail tells of it. `sysid`, `xid`, `leaf`: of the note, by which its seal is found. */
export type Retirement = Omit<RetiredMonth, 'shown'> & {
  remaining: ReadonlyMap<string, Remaining>
  sysid: string
  xid: bigint
  leaf: string
}

const parse = (line: string): Retirement | null => {
  const bytes = Buffer.from(line)
  try {
    const { op, sysid, xid, new_row } = readEvent(bytes)
    const { retired, events, from_seal, to_seal, remaining, packages } = note.parse(JSON.parse(new_row ?? ''))
    if (op !== 'NOTE' || sysid === null || xid === null) return null
    return {
      month: retired,
      events,
      fromSeal: from_seal,
      toSeal: to_seal,
      packages: packages.map(({ sha256, key_id }) => ({ sha256, keyId: key_id })),
      remaining: new Map(remaining.map(([seal, n, leaves]) => [seal, { n, leaves }])),
      sysid,
      xid: BigInt(xid),
      leaf: leafHash(bytes).toString('hex'),
    }
  } catch {
    // Whatever it is, it is no note of the trail.
    return null
  }
}

/** Months that were retired, the oldest first, and how many notes cannot be read. They prove nothing until their seal is found. */
export const readRetired = async (
  client: pg.ClientBase,
): Promise<{ retirements: Retirement[]; unreadable: number }> => {
  const { rows: access } = await client.query<{ isThere: boolean }>(
    `${newTag()} select to_regclass('audit.retired') is not null as "isThere"`,
  )
  if (access[0]?.isThere !== true) return { retirements: [], unreadable: 0 }
  const { rows } = await client.query<{ line: string }>(
    `${newTag()} select line from audit.retired order by month`,
  )
  const retirements = rows.flatMap(({ line }) => parse(line) ?? [])
  return { retirements, unreadable: rows.length - retirements.length }
}

/** Of a seal whose events are all gone. */
export const nothingLeft: Remaining = { n: 0, leaves: createHash('sha256').digest('hex') }

/** The last month whose retirement took events of this seal, if any did. */
export const retirementOf = (
  retirements: readonly Retirement[],
  { sealNo }: Pick<SealRow, 'sealNo'>,
): Retirement | undefined =>
  retirements.findLast(
    ({ fromSeal, toSeal }) =>
      fromSeal !== null &&
      toSeal !== null &&
      BigInt(sealNo) >= BigInt(fromSeal) &&
      BigInt(sealNo) <= BigInt(toSeal),
  )
