import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type pg from 'pg'
import about from '../../../../package.json' with { type: 'json' }
import { fileNames, format, sumOf, verifyPackage, version } from '../../../../resources/verify.mjs'
import type { Published } from '../../../shared/audit-trail.ts'
import { ConsoleError } from '../../../shared/errors.ts'
import type { EvidencePreview, EvidenceReport, EvidenceScope } from '../../../shared/evidence.ts'
import type { JobProgress } from '../../../shared/jobs.ts'
import type { Session } from '../../session/session.ts'
import { newTag } from '../../session/tag.ts'
import { withTrail } from '../trail/connected.ts'
import { makeSeal } from '../trail/make-seal.ts'
import { createPublishedSeals } from '../trail/published-seals.ts'
import { countEvents } from '../trail/read-trail.ts'
import { inSnapshot } from './in-snapshot.ts'
import { keptSeals } from './kept-seals.ts'
import type { SealSpan } from './scope.ts'
import type { SigningKey } from './signing-key.ts'
import { writePackage } from './write-package.ts'
import { writeZip } from './zip.ts'

/** Seals that a package takes along at most, to lead to one that was published. */
const farthestAnchor = 10_000n

type Facts = {
  mayRead: boolean
  mayRecord: boolean | null
  maySeal: boolean
  sessionUser: string
  currentUser: string
  version: string
}

const readFacts = async (client: pg.ClientBase): Promise<Facts> => {
  const { rows } = await client.query<Facts>(`${newTag()}
    select has_table_privilege('audit.event', 'SELECT') as "mayRead",
           has_function_privilege(to_regprocedure('audit.record_access(text, jsonb, text)'), 'EXECUTE') as "mayRecord",
           has_function_privilege('audit.seal()', 'EXECUTE') as "maySeal",
           session_user::text as "sessionUser", current_user::text as "currentUser",
           current_setting('server_version') as version`)
  const [facts] = rows
  if (facts === undefined) throw new Error('The server said nothing of this session.')
  if (facts.mayRecord === null) {
    throw new ConsoleError(
      'NOT_FOUND',
      'This database cannot record that evidence was exported.',
      'Run "viruj-console migrate up" first: migration 0009 is missing.',
    )
  }
  if (!facts.mayRead || !facts.mayRecord) {
    throw new ConsoleError(
      'PERMISSION_DENIED',
      `Role "${facts.currentUser}" may not export evidence: it holds personal data as it was recorded.`,
      'Connect as a member of viruj_dba or viruj_verifier.',
    )
  }
  return facts
}

const chainOf = ({ from, to }: SealSpan, anchors: readonly Published[]): { from: string; to: string } => {
  const anchor = anchors.find(({ sealNo }) => BigInt(sealNo) >= to)
  const end = anchor !== undefined && BigInt(anchor.sealNo) - to <= farthestAnchor ? anchor.sealNo : to
  return { from: String(from > 1n ? from - 1n : from), to: String(end) }
}

/** Events of a row by its index, or below seals by what these say. */
const countSealed = async (
  client: pg.ClientBase,
  scope: EvidenceScope,
  { from, to }: SealSpan,
): Promise<number> => {
  const { rows } = await client.query<{ events: number }>(
    scope.kind === 'row'
      ? `${newTag()} select count(*)::float8 as events from audit.event where schema_name = $1 and table_name = $2 and row_pk = $3`
      : `${newTag()} select coalesce(sum(n), 0)::float8 as events from audit.seal where seal_no between $1 and $2`,
    scope.kind === 'row' ? [scope.schema, scope.table, scope.row] : [String(from), String(to)],
  )
  return rows[0]?.events ?? 0
}

const countUnsealed = async (client: pg.ClientBase): Promise<number> => {
  const { rows } = await client.query<{ sysid: string; snap: string; xmin: string }>(`${newTag()}
    select sysid::text, snap::text, pg_snapshot_xmin(snap)::text as xmin from audit.seal order by seal_no desc limit 1`)
  const [head] = rows
  const since = head === undefined ? null : { ...head, xmin: BigInt(head.xmin) }
  return (await countEvents(client, since)).events
}

/** The seals of a scope; null: there are none yet, and sealing makes them. */
const sealsSoFar = async (
  client: pg.ClientBase,
  scope: EvidenceScope,
  maySeal: boolean,
): Promise<SealSpan | null> => {
  try {
    return (await keptSeals(client, scope)).span
  } catch (error) {
    if (maySeal && scope.kind === 'period' && error instanceof ConsoleError && error.code === 'NOT_FOUND')
      return null
    throw error
  }
}

export type ExportRequest = { scope: EvidenceScope; reason: string; target: string; key: SigningKey | null }

/** Packages of evidence from the trail of a session's database. Every call has a connection of its own. */
export const createEvidence = (
  session: Pick<Session, 'openConnection' | 'assertMayWrite' | 'profile' | 'storageSecret'>,
  { home }: { home: string },
) => {
  const published = createPublishedSeals({
    home,
    storage: session.profile.storage,
    storageSecret: session.storageSecret,
  })
  return {
    preview: (scope: EvidenceScope, signal: AbortSignal): Promise<EvidencePreview> =>
      withTrail(session, signal, async (client) => {
        const { maySeal } = await readFacts(client)
        return inSnapshot(client, async () => {
          const span = await sealsSoFar(client, scope, maySeal)
          return {
            seals: span === null ? null : { from: String(span.from), to: String(span.to) },
            events: span === null ? 0 : await countSealed(client, scope, span),
            unsealed: await countUnsealed(client),
            maySeal,
          }
        })
      }),

    /**
     * Records the export in the trail, seals where the role may, and writes the package to a file that is not there yet. Fails with
     * `READ_ONLY` where the session may not write: what cannot be recorded does not leave.
     */
    export: (
      { scope, reason, target, key }: ExportRequest,
      { signal, report }: { signal: AbortSignal; report: (progress: JobProgress) => void },
    ): Promise<EvidenceReport> => {
      session.assertMayWrite()
      return withTrail(session, signal, async (client, where, connection) => {
        const facts = await readFacts(client)
        const seal = async (): Promise<void> => {
          const { n: _events, ...made } = await makeSeal(client)
          await published.add(where, made, signal)
        }
        if (facts.maySeal) await seal()
        // Nothing is recorded of an export that cannot begin.
        await inSnapshot(client, () => keptSeals(client, scope))
        const folder = await makeFolder(target)
        try {
          const id = randomUUID()
          const { rows } = await client.query<{ id: string }>(
            `${newTag()} select audit.record_access('export evidence', $1, $2)::text as id`,
            [{ scope, package: id, signer: key?.keyId ?? null }, reason],
          )
          const limits: string[] = []
          // Once more, so that what was just recorded is covered, too.
          if (facts.maySeal) await seal()
          else {
            limits.push(
              `Not sealed before the export: role ${facts.currentUser} may not seal. What was recorded since the last seal is not here.`,
            )
          }
          const anchors = await published.of(where, signal)
          const manifest = await inSnapshot(client, async () => {
            const { span, scope: kept, leftOut } = await keptSeals(client, scope)
            limits.push(...leftOut)
            const { rows: walls } = await client.query<{ lsn: string }>(
              `${newTag()} select pg_current_wal_lsn()::text as lsn`,
            )
            return writePackage(
              client,
              folder,
              {
                about: {
                  format,
                  version,
                  id,
                  madeAt: new Date().toISOString(),
                  reason,
                  accessEvent: rows[0]?.id ?? '',
                  by: { sessionUser: facts.sessionUser, currentUser: facts.currentUser },
                  console: about.version,
                  server: {
                    ...where,
                    version: facts.version,
                    certificate: connection.certificate(),
                    walPosition: walls[0]?.lsn ?? '',
                  },
                  scope: kept,
                  seals: { from: String(span.from), to: String(span.to) },
                  chain: chainOf(span, anchors),
                  limits,
                },
                where,
                anchors,
                key,
              },
              { signal, report },
            )
          })
          const { verdict, words } = await verifyPackage(folder, key === null ? {} : { key: key.keyId })
          const zip = join(folder, 'package.zip')
          const names = [
            'manifest.json',
            ...(key === null ? [] : ['manifest.sig']),
            ...fileNames(manifest.scope),
          ]
          await writeZip(folder, names, zip, signal)
          await rename(zip, target)
          const { bytes, sha256 } = await sumOf(dirname(target), basename(target))
          return {
            name: basename(target),
            bytes,
            sha256,
            events: manifest.events,
            seals: manifest.seals,
            keyId: key?.keyId ?? null,
            accessEvent: manifest.accessEvent,
            limits,
            verdict,
            words,
          }
        } catch (error) {
          throw fileError(error, target)
        } finally {
          await rm(folder, { recursive: true, force: true })
        }
      })
    },
  }
}

const fileError = (cause: unknown, target: string): unknown => {
  if (!(cause instanceof Error) || !('syscall' in cause) || !('code' in cause)) return cause
  return cause.code === 'ENOSPC' || cause.code === 'EDQUOT'
    ? new ConsoleError(
        'DISK_FULL',
        `The disk is full: "${target}" was not written.`,
        'Free some space and try again.',
        { cause },
      )
    : new ConsoleError(
        'FORBIDDEN',
        `"${target}" cannot be written (${cause.code}).`,
        'Choose a folder that is there and that is yours.',
        { cause },
      )
}

/** Beside the file, so that both lie on one disk. */
const makeFolder = async (target: string): Promise<string> => {
  if (existsSync(target)) {
    throw new ConsoleError('INVALID_INPUT', `"${target}" is there already.`, 'Name a file that is not.')
  }
  try {
    return await mkdtemp(join(dirname(target), `.${basename(target)}-`))
  } catch (cause) {
    throw fileError(cause, target)
  }
}
