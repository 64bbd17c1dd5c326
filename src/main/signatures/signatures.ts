import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { ConsoleError } from '../../shared/errors.ts'
import type { JobState } from '../../shared/jobs.ts'
import {
  type Inspected,
  type Person,
  type SavedSignature,
  type SaveSignature,
  type SignatureAccess,
  type SignatureImage,
  type SignatureState,
  type SignaturesList,
  type SignatureUses,
  transportLimit,
} from '../../shared/signatures.ts'
import type { Session } from '../session/session.ts'
import { createWriter } from '../session/writer.ts'
import { readAccess, readRights } from './access.ts'
import { inspectImage } from './inspect-image.ts'
import { readLimits } from './limits.ts'
import { containing, listSignatures, stateOf } from './list.ts'
import { readUses } from './uses.ts'
import { verifySignatures } from './verify.ts'

/** People that a search shows at most. */
const peopleShown = 20

const changedMeanwhile = (): ConsoleError =>
  new ConsoleError(
    'CONFLICT',
    'Somebody else added, replaced or revoked a signature of this person meanwhile. Nothing was changed.',
    'Look at the list again, then decide anew.',
  )

/** What the constraint of one signature in force says at the end of the transaction. */
const orChanged = (error: unknown): unknown =>
  error instanceof ConsoleError && error.sqlstate === '23P01' ? changedMeanwhile() : error

/** Signatures of people, `public.signatures`: read, checked, stored, replaced and revoked. Fails with `ConsoleError`. */
export const createSignatures = (session: Session) => {
  const { database } = session
  const writer = createWriter(session)
  session.belongings.defer(() => writer.close())
  return {
    access: (_: null, signal: AbortSignal): Promise<SignatureAccess> => readAccess(database, signal),

    list: (
      input: { states: SignatureState[]; text: string; before: string | null },
      signal: AbortSignal,
    ): Promise<SignaturesList> => listSignatures(database, input, signal),

    /** One stored image. What does not pass the gate is not handed out to be drawn. */
    async image({ id }: { id: string }, signal: AbortSignal): Promise<SignatureImage> {
      const [row] = await database.query(
        sql<{ image: Buffer; sha256: string }>`
          select image, sha256 from public.signatures where id = ${id}::bigint`,
        { signal },
      )
      if (row === undefined) {
        throw new ConsoleError('NOT_FOUND', `There is no signature ${id}.`, 'Read the list again.')
      }
      const sha256 = createHash('sha256').update(row.image).digest('hex')
      const isIntact = sha256 === row.sha256
      if (row.image.length > transportLimit) {
        const problem = `It has ${row.image.length.toLocaleString('en')} bytes, more than this console draws.`
        return { base64: null, facts: null, problem, sha256, isIntact }
      }
      try {
        const facts = inspectImage(row.image, await readLimits(database, signal))
        return { base64: row.image.toString('base64'), facts, problem: null, sha256, isIntact }
      } catch (error) {
        if (!(error instanceof ConsoleError) || !['INVALID_INPUT', 'VALUE_TOO_LARGE'].includes(error.code))
          throw error
        return { base64: null, facts: null, problem: error.message, sha256, isIntact }
      }
    },

    uses: ({ id }: { id: string }, signal: AbortSignal): Promise<SignatureUses | null> =>
      readUses(database, id, signal),

    /** People whose address holds the text, those of the ERP only: a program signs nothing. */
    people: ({ text }: { text: string }, signal: AbortSignal): Promise<Person[]> =>
      database.query(
        sql<Person>`
          select u.id::text as "userId", u.email, u.role, s.id::text as "inForce"
            from public.users u
            left join public.signatures s on s.user_id = u.id and s.revoked_at is null and s.superseded_by is null
           where u.role <> 'service' and u.email ilike ${containing(text)}
           order by lower(u.email) limit ${sql.lit(peopleShown)}`,
        { signal },
      ),

    /** Holds an image against the gate, and looks for the same one with somebody else. Stores nothing. */
    async inspect(
      { image, userId }: { image: string; userId: string | null },
      signal: AbortSignal,
    ): Promise<Inspected> {
      const facts = inspectImage(Buffer.from(image, 'base64'), await readLimits(database, signal))
      const { maySeePeople } = await readRights(database, signal)
      const same = await database.query(
        sql<Inspected['same'][number]>`
          select s.id::text, ${maySeePeople ? sql`u.email` : sql`null::text`} as email, ${stateOf} as state
            from public.signatures s join public.users u on u.id = s.user_id
           where s.sha256 = ${facts.sha256} and s.user_id is distinct from ${userId}::uuid
           order by s.id desc limit 5`,
        { signal },
      )
      return { facts, same }
    },

    /**
     * Stores a signature and supersedes the one that was in force, in one transaction. Fails with `CONFLICT`, and changes nothing, when
     * another one is in force than the person who saves saw. The image travels as a parameter: no text of a statement holds its bytes.
     */
    async save(
      { userId, image, replaces, reason }: SaveSignature,
      signal: AbortSignal,
    ): Promise<SavedSignature> {
      const bytes = Buffer.from(image, 'base64')
      const { mediaType, sha256 } = inspectImage(bytes, await readLimits(database, signal))
      try {
        return await writer.write(reason, signal, async ({ query }) => {
          const [added] = await query(sql<SavedSignature>`
            insert into public.signatures (user_id, image, media_type, sha256)
            values (${userId}::uuid, ${bytes}::bytea, ${mediaType}, ${sha256})
            returning id::text, encode(sha256(image), 'hex') as sha256`)
          if (added?.sha256 !== sha256) {
            throw new ConsoleError(
              'CHECKSUM_MISMATCH',
              'The image arrived at the server as another one. Nothing was stored.',
              'Try again; if it happens again, have the connection to the server looked at.',
            )
          }
          if (replaces !== null) {
            const ended = await query(sql`
              update public.signatures set superseded_by = ${added.id}::bigint
               where id = ${replaces}::bigint and user_id = ${userId}::uuid and revoked_at is null and superseded_by is null
              returning id`)
            if (ended.length !== 1) throw changedMeanwhile()
          }
          return added
        })
      } catch (error) {
        throw orChanged(error)
      }
    },

    /** Takes a signature out of force, for good. Fails with `CONFLICT` when it is no longer in force. */
    revoke: ({ id, reason }: { id: string; reason: string }, signal: AbortSignal): Promise<void> =>
      writer.write(reason, signal, async ({ query }) => {
        const ended = await query(sql`
          update public.signatures set revoked_at = now()
           where id = ${id}::bigint and revoked_at is null and superseded_by is null
          returning id`)
        if (ended.length !== 1) throw changedMeanwhile()
      }),

    /** Its result is a `SignaturesReport`. */
    verify: (): Promise<JobState> =>
      session.jobs.start({ kind: 'verify-signatures', title: 'Verify all signatures' }, (context) =>
        verifySignatures(database, context),
      ),
  }
}
