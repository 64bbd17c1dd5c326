import { ConsoleError, cancelled } from '../../../shared/errors.ts'
import type { FailoverAssessInput, FailoverAssessment, FailoverHost } from '../../../shared/failover.ts'
import type { HostAndPort } from '../../../shared/profiles.ts'
import { databaseError } from '../../session/database-errors.ts'
import type { Session } from '../../session/session.ts'
import { withRole } from '../with-role.ts'
import { weigh } from './candidates.ts'
import type { LastPrimary } from './last-primary.ts'
import { readFailoverFacts } from './read-host.ts'

export const isSameHost = (one: HostAndPort, other: HostAndPort): boolean =>
  one.host === other.host && one.port === other.port

/** Asks one server, over a connection of its own. Whatever goes wrong is the answer, but for the caller's patience. */
const readHost = async (
  session: Session,
  host: HostAndPort,
  { password, signal }: { password: string | null; signal: AbortSignal },
): Promise<FailoverHost> => {
  const isOfProfile = session.hosts().some((known) => isSameHost(known, host))
  try {
    const connection = await session.connectToHost(host, signal, { typedPassword: password })
    try {
      const facts = await withRole(connection, session, { signal }, readFailoverFacts)
      return { host, isOfProfile, facts, error: null }
    } catch (error) {
      throw error instanceof ConsoleError ? error : databaseError(error, connection.context)
    } finally {
      connection.destroy()
    }
  } catch (error) {
    if (signal.aborted) throw cancelled('Asking the servers')
    if (!(error instanceof ConsoleError)) throw error
    return { host, isOfProfile, facts: null, error: error.toShape() }
  }
}

/** Asks every server of the profile, and those named beside them, all at once and each by itself. */
export const assess = async (
  { session, lastPrimary }: { session: Session; lastPrimary: LastPrimary },
  { others, password }: FailoverAssessInput,
  signal: AbortSignal,
): Promise<FailoverAssessment> => {
  const known = session.hosts()
  const named = others.filter(
    (host, place) =>
      !known.some((one) => isSameHost(one, host)) &&
      others.findIndex((one) => isSameHost(one, host)) === place,
  )
  const asked = new Date()
  const hosts = await Promise.all(
    [...known, ...named].map((host) => readHost(session, host, { password, signal })),
  )
  const primaries = hosts.filter(({ facts }) => facts?.inRecovery === false)
  // Two at once are a split: neither is the one that a loss counts from.
  const [primary] = primaries
  if (primaries.length === 1 && primary?.facts) {
    const { walEnd, systemIdentifier, timeline } = primary.facts
    lastPrimary.note({ host: primary.host, at: asked, walEnd, systemIdentifier, timeline })
  }
  const at = new Date().toISOString()
  const lostAt = session.lostAt()?.toISOString() ?? null
  return { at, hosts, ...weigh(hosts, { lastSeen: lastPrimary.get(), lostAt, at }) }
}
