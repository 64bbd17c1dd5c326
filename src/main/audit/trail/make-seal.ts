import type pg from 'pg'
import type { Published } from '../../../shared/audit-trail.ts'
import { newTag } from '../../session/tag.ts'

/** A seal that was just made. `n` events; none: a heartbeat. */
export type MadeSeal = Published & { n: number }

/** Seals what became visible since the last seal, and makes the months ahead. One at a time: it waits for another one. */
export const makeSeal = async (client: pg.ClientBase): Promise<MadeSeal> => {
  const { rows } = await client.query<MadeSeal>(`${newTag()}
    select seal_no::text as "sealNo", sysid::text as sysid, encode(hash, 'hex') as hash, n::int8::float8 as n,
           to_char(sealed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "sealedAt"
      from audit.seal()`)
  const [made] = rows
  if (made === undefined) throw new Error('audit.seal() returned no seal.')
  return made
}
