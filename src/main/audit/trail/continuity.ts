import type { SealContinuity } from '../../../shared/failover.ts'
import type { HostAndPort } from '../../../shared/profiles.ts'
import type { Session } from '../../session/session.ts'
import { newTag } from '../../session/tag.ts'
import { withTrail } from './connected.ts'
import { createPublishedSeals } from './published-seals.ts'

/**
 * Whether the trail of a server that took over leads to the seals that were published of the one before it. What is found is remembered of the
 * new one from then on. Fails with `ConsoleError`; with `NOT_FOUND` where the database has no trail.
 */
export const readContinuity = (
  session: Pick<Session, 'openConnection' | 'profile' | 'storageSecret'>,
  { home }: { home: string },
  before: HostAndPort,
  signal: AbortSignal,
): Promise<SealContinuity> =>
  withTrail(session, signal, async (client, where) => {
    const { storage } = session.profile
    const published = createPublishedSeals({ home, storage, storageSecret: session.storageSecret })
    const remembered = await published.of({ ...before, database: where.database }, signal)
    const newest = remembered.at(-1)
    if (newest === undefined) {
      return {
        verdict: 'unknown',
        text: 'This console remembers no seal of the old primary: verify the trail against seals on paper.',
        remembered: 0,
        found: 0,
      }
    }
    const { rows } = await client.query<{ sealNo: string; hash: string }>(
      `${newTag()} select seal_no::text as "sealNo", encode(hash, 'hex') as hash from audit.seal where seal_no = any ($1::bigint[])`,
      [remembered.map(({ sealNo }) => sealNo)],
    )
    const hashes = new Map(rows.map(({ sealNo, hash }) => [sealNo, hash]))
    const kept = remembered.filter(({ sealNo, hash }) => hashes.get(sealNo) === hash)
    const last = kept.at(-1)
    if (last !== undefined) await published.add(where, last, signal)
    const counts = { remembered: remembered.length, found: kept.length }
    const other = remembered.find(({ sealNo, hash }) => hashes.has(sealNo) && hashes.get(sealNo) !== hash)
    if (other !== undefined) {
      return {
        verdict: 'critical',
        text: `Seal ${other.sealNo} of the new primary is another one than was published: its trail is not the one that was sealed.`,
        ...counts,
      }
    }
    if (!hashes.has(newest.sealNo)) {
      return {
        verdict: 'critical',
        text: `Seal ${newest.sealNo}, of ${newest.sealedAt}, is not on the new primary${last === undefined ? '' : `, whose last known one is ${last.sealNo}`}: what was sealed after that was lost with the old one.`,
        ...counts,
      }
    }
    return {
      verdict: 'ok',
      text: `Seal ${newest.sealNo}, the last that this console remembers of the old primary, is in the trail of the new one.`,
      ...counts,
    }
  })
