import type pg from 'pg'
import { ConsoleError } from '../../shared/errors.ts'
import type { DriftReport } from '../../shared/migrations.ts'
import type { Session } from '../session/session.ts'
import { withEmbeddedShadow } from './shadow-embedded.ts'
import type { ShadowGround } from './shadow-ground.ts'
import { withSameServerShadow } from './shadow-same-server.ts'
import { unfitness } from './shadow-unfit.ts'

export type ShadowKind = DriftReport['shadow']

export type ShadowOptions = {
  signal: AbortSignal
  /** Hears in one sentence why a shadow was not made on the target's own server. */
  log: (line: string) => void
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
  session: Pick<Session, 'openConnection'>,
  { target, cluster, obstacle: known }: ShadowGround,
  { signal, log }: ShadowOptions,
  use: (shadow: pg.Client, kind: ShadowKind) => Promise<Value>,
): Promise<Value> => {
  const { creator } = target
  let obstacle = known
  let privileged = false
  if (obstacle === null && creator !== null) {
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
  tellObstacle(obstacle, log)
  try {
    const use_ = (shadow: pg.Client) => use(shadow, 'embedded')
    return await withEmbeddedShadow(target, { cluster, privileged, signal }, use_)
  } catch (error) {
    throw error instanceof ConsoleError && error.code === 'SANDBOX_FAILED' ? noShadow(error, obstacle) : error
  }
}

/** Says why the shadow was not made on the target's own server, where it was not. */
export const tellObstacle = (obstacle: string | null, log: ShadowOptions['log']): void => {
  if (obstacle !== null) log(`The shadow is an embedded PostgreSQL 16. ${obstacle}`)
}

const noShadow = (cause: ConsoleError, obstacle: string | null): ConsoleError =>
  new ConsoleError(
    'SERVER_ERROR',
    `There is no place for a shadow. ${obstacle === null ? '' : `${obstacle} `}The embedded PostgreSQL does not start on this machine.`,
    'Let the connection write, as a role with CREATEDB; or look at the detail of why the embedded server does not start.',
    { detail: cause.detail, cause },
  )
