import type pg from 'pg'
import { ConsoleError } from '../../shared/errors.ts'
import type { DriftReport } from '../../shared/migrations.ts'
import { databaseError } from '../session/database-errors.ts'
import type { Session } from '../session/session.ts'
import { actingRole } from './acting-role.ts'
import { withEmbeddedShadow } from './shadow-embedded.ts'
import { withSameServerShadow } from './shadow-same-server.ts'
import { describeTarget, readClusterScript, type ShadowTarget } from './shadow-target.ts'
import { unfitness } from './shadow-unfit.ts'

export type ShadowKind = DriftReport['shadow']

export type ShadowOptions = {
  signal: AbortSignal
  /** Hears in one sentence why a shadow was not made on the target's own server. */
  log: (line: string) => void
  /** Leaves the target's server alone. */
  only?: 'embedded'
  /** Role that the shadow belongs to and its client acts as; by default the one that the session migrates as. */
  role?: string | undefined
}

/**
 * Lends an empty database that is like the session's own: made from template0, same encoding and locale, owned by the role
 * that migrations run as, which the client acts as. It is gone afterwards, however `use` ends.
 *
 * It is a temporary database on the same server where the session may write and create one, else an embedded PostgreSQL 16
 * with the roles of the target. When `use` fails on the same server for lack of privilege, or with `ShadowUnfit`, it is called
 * again on the embedded one, where that role is a superuser. Fails with `ConsoleError`.
 */
export const withShadow = async <Value>(
  session: Pick<Session, 'openConnection' | 'state'>,
  { signal, log, only, role }: ShadowOptions,
  use: (shadow: pg.Client, kind: ShadowKind) => Promise<Value>,
): Promise<Value> => {
  const { target, cluster } = await look(session, signal, role)
  const { creator } = target
  let obstacle = only === 'embedded' ? null : whyNotHere(session, target)
  let privileged = false
  if (only !== 'embedded' && obstacle === null && creator !== null) {
    try {
      const place = { opener: session, target: { ...target, creator }, log }
      return await withSameServerShadow(place, signal, (shadow) => use(shadow, 'same-server'))
    } catch (error) {
      const unfit = unfitness(error)
      if (signal.aborted || unfit === null) throw error
      obstacle = unfit.message
      privileged = unfit.lacks === 'privilege'
    }
  }
  if (obstacle !== null) log(`The shadow is an embedded PostgreSQL 16. ${obstacle}`)
  try {
    const use_ = (shadow: pg.Client) => use(shadow, 'embedded')
    return await withEmbeddedShadow(target, { cluster, privileged, signal }, use_)
  } catch (error) {
    throw error instanceof ConsoleError && error.code === 'SANDBOX_FAILED' ? noShadow(error, obstacle) : error
  }
}

const noShadow = (cause: ConsoleError, obstacle: string | null): ConsoleError =>
  new ConsoleError(
    'SERVER_ERROR',
    `There is no place for a shadow. ${obstacle === null ? '' : `${obstacle} `}The embedded PostgreSQL does not start on this machine.`,
    'Let the connection write, as a role with CREATEDB; or look at the detail of why the embedded server does not start.',
    { detail: cause.detail, cause },
  )

const look = async (
  session: Pick<Session, 'openConnection'>,
  signal: AbortSignal,
  role: string | undefined,
) => {
  const { client, context, destroy } = await session.openConnection(signal)
  const abort = () => destroy()
  signal.addEventListener('abort', abort)
  try {
    const target = await describeTarget(client, role ?? (await actingRole(client)))
    return { target, cluster: await readClusterScript(client) }
  } catch (error) {
    throw databaseError(signal.aborted ? signal.reason : error, context)
  } finally {
    signal.removeEventListener('abort', abort)
    await client.end().catch(() => undefined)
  }
}

/** Why no database can be created on the target's own server, in one sentence. */
const whyNotHere = ({ state }: Pick<Session, 'state'>, { creator, role }: ShadowTarget): string | null => {
  const { writes, server } = state()
  if (server.inRecovery) return 'The server is a standby.'
  if (writes === 'refused') return 'This connection is read-only.'
  if (writes === 'confirm') return 'Nobody has typed the name of this production database yet.'
  if (creator !== null) return null
  const roles = [...new Set([server.sessionUser, role])].map((name) => `"${name}"`)
  return `${roles.join(' and ')} may not create databases on the server.`
}
