import { resolve } from 'node:path'
import type pg from 'pg'
import type { PaperSeal } from '../../../shared/audit-trail.ts'
import { ConsoleError } from '../../../shared/errors.ts'
import type { JobProgress } from '../../../shared/jobs.ts'
import type { Session } from '../../session/session.ts'
import { newTag } from '../../session/tag.ts'
import { withTrail } from '../trail/connected.ts'
import { makeSeal } from '../trail/make-seal.ts'
import { createPublishedSeals } from '../trail/published-seals.ts'
import { readHashes } from '../trail/read-trail.ts'
import { onPaper } from '../trail/trail.ts'
import { verifyTrail } from '../trail/verify.ts'
import { type ComparedMonth, compareMonth } from './compare-month.ts'
import { inSnapshot } from './in-snapshot.ts'
import { type OpenPackage, withPackages } from './open-package.ts'

/** How long dropping may wait for whoever reads the trail: meanwhile writers wait, too. */
const lockTimeout = '2s'

export type RetireRequest = {
  /** Such as 2026-08, by UTC. */
  month: string
  /** The package that holds the month; several, where seals are shared with months before. */
  files: readonly string[]
  /** Fingerprints of keys that are known; a package that another one signed is refused. */
  keys: readonly string[]
  /** The person takes a package that nobody signed. */
  unsigned: boolean
  expected: readonly PaperSeal[]
  /** Null: only tell what would go. */
  reason: string | null
}

/** What went, or would go. `seal`: covers the note of it; null where the role may not seal, or nothing went. */
export type RetireReport = {
  month: string
  events: number
  seals: { from: string; to: string } | null
  /** Seals of which other events stay. */
  partly: number
  packages: { sha256: string; keyId: string | null }[]
  isGone: boolean
  seal: string | null
}

type Facts = { mayRetire: boolean | null; mayRead: boolean; maySeal: boolean; currentUser: string }

const assertMayRetire = async (client: pg.ClientBase): Promise<Facts> => {
  const { rows } = await client.query<Facts>(`${newTag()}
    select has_function_privilege(to_regprocedure('audit.assert_retirable(text)'), 'EXECUTE') as "mayRetire",
           has_table_privilege('audit.event', 'SELECT') as "mayRead",
           has_function_privilege('audit.seal()', 'EXECUTE') as "maySeal",
           current_user::text as "currentUser"`)
  const [facts] = rows
  if (facts === undefined) throw new Error('The server said nothing of this session.')
  if (facts.mayRetire === null) {
    throw new ConsoleError(
      'NOT_FOUND',
      'This database cannot retire months of its trail.',
      'Run "viruj-console migrate up" first: migration 0011 is missing.',
    )
  }
  if (!facts.mayRetire || !facts.mayRead) {
    throw new ConsoleError(
      'PERMISSION_DENIED',
      `Role "${facts.currentUser}" may not retire months of the trail.`,
      'Connect as a member of viruj_dba.',
    )
  }
  return facts
}

const assertKnownSigner = (
  { manifest: { signer } }: OpenPackage,
  { keys, unsigned }: RetireRequest,
): void => {
  if (signer === null) {
    if (unsigned) return
    throw new ConsoleError(
      'INVALID_INPUT',
      'The package is not signed: nothing says who made it.',
      'Export the month with a key, or take it as it is with --unsigned.',
    )
  }
  if (keys.includes(signer.keyId)) return
  throw new ConsoleError(
    'INVALID_INPUT',
    `The package is signed by ${signer.keyId}, a key that this console does not know.`,
    'If you know whose it is, name it with --key.',
  )
}

const assertWhole = ({ manifest: { scope } }: OpenPackage): void => {
  if (scope.kind !== 'row') return
  throw new ConsoleError(
    'INVALID_INPUT',
    'The package holds the history of one row, not a month.',
    'Export the month with --from and --to, or by its seals.',
  )
}

/** The package has to lead to this trail, and not to another one of the same events. */
const assertSameChain = async (client: pg.ClientBase, { head }: OpenPackage): Promise<void> => {
  if ((await readHashes(client, [head.sealNo])).get(head.sealNo) === head.hash) return
  throw new ConsoleError(
    'CHECKSUM_MISMATCH',
    `Seal ${head.sealNo} of the package is not the one of this trail.`,
    'Name a package that was exported from this database.',
  )
}

const drop = async (
  client: pg.ClientBase,
  { month, reason }: { month: string; reason: string },
  { events, ids, seals, remaining }: ComparedMonth,
  packages: RetireReport['packages'],
): Promise<void> => {
  await client.query(`${newTag()} begin`)
  try {
    await client.query(
      `${newTag()} select set_config('lock_timeout', $1, true), set_config('audit.reason', $2, true)`,
      [lockTimeout, reason],
    )
    await client.query(`${newTag()} select month from audit.retire($1, $2, $3, $4, $5, $6, $7)`, [
      month,
      events,
      ids,
      seals,
      JSON.stringify(remaining),
      JSON.stringify(packages.map(({ sha256, keyId }) => ({ sha256, key_id: keyId }))),
      reason,
    ])
    await client.query(`${newTag()} commit`)
  } catch (error) {
    await client.query(`${newTag()} rollback`).catch(() => undefined)
    throw error
  }
}

/**
 * Lets a month of the trail go, once a package was shown to hold all of it. Fails with `ConsoleError`, and then everything is as it
 * was: what went and its note are one transaction.
 *
 * @param options.home where the console remembers the seals that it saw
 */
export const createRetention = (
  session: Pick<Session, 'openConnection' | 'assertMayWrite' | 'profile' | 'storageSecret'>,
  options: { home: string },
) => {
  const published = createPublishedSeals({
    ...options,
    storage: session.profile.storage,
    storageSecret: session.storageSecret,
  })
  return {
    retire: (
      request: RetireRequest,
      { signal, report }: { signal: AbortSignal; report: (progress: JobProgress) => void },
    ): Promise<RetireReport> => {
      const { month, reason } = request
      if (reason !== null) session.assertMayWrite()
      return withTrail(session, signal, async (client, where) => {
        const { maySeal } = await assertMayRetire(client)
        await client.query(`${newTag()} select audit.assert_retirable($1)`, [month])
        const files = request.files.map((file) => resolve(file))
        return withPackages(files, signal, async (opened) => {
          for (const one of opened) {
            assertKnownSigner(one, request)
            assertWhole(one)
          }
          const packages = opened.map(({ sha256, manifest }) => ({
            sha256,
            keyId: manifest.signer?.keyId ?? null,
          }))
          const anchors = [...(await published.of(where, signal)), ...request.expected.map(onPaper)]
          const { verdict, findings, listed } = await verifyTrail(
            client,
            { anchors, since: null },
            { signal, report },
          )
          if (verdict === 'broken') {
            throw new ConsoleError(
              'CONFLICT',
              `The trail is broken: ${findings.toLocaleString('en')} findings. ${listed[0]?.message ?? ''}`,
              'Run "viruj-console audit verify". Nothing goes from a trail that does not hold.',
            )
          }
          const compared = await inSnapshot(client, async () => {
            for (const one of opened) await assertSameChain(client, one)
            const total = opened.reduce((sum, { manifest }) => sum + manifest.events, 0)
            let done = 0
            return compareMonth(client, month, opened, {
              signal,
              onEvents(events) {
                done += events
                report({ done, total, unit: 'events', what: `Package beside ${month}` })
              },
            })
          })
          const last = compared.seals?.[1] ?? null
          if (last !== null && !anchors.some(({ sealNo }) => BigInt(sealNo) >= BigInt(last))) {
            throw new ConsoleError(
              'CONFLICT',
              `Seal ${last} covers events of ${month}, and neither it nor a later one was published: who can rewrite all seals would not be noticed.`,
              'Run "viruj-console audit verify" with this console first, or give a seal from paper with --expect.',
            )
          }
          let seal: string | null = null
          if (reason !== null) {
            await drop(client, { month, reason }, compared, packages)
            if (maySeal) {
              const { n: _events, ...made } = await makeSeal(client)
              await published.add(where, made, signal)
              seal = made.sealNo
            }
          }
          return {
            month,
            events: compared.events,
            seals: compared.seals === null ? null : { from: compared.seals[0], to: compared.seals[1] },
            partly: compared.remaining.length,
            packages,
            isGone: reason !== null,
            seal,
          }
        })
      })
    },
  }
}
