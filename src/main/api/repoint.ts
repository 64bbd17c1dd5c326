import type { FailoverRun } from '../../shared/failover.ts'
import { describeHost } from '../session/connection-errors.ts'
import type { HostContext } from './trpc.ts'

/**
 * Points a session at the server that was promoted in it, and its profile for the sessions to come; others of the profile are told. One that cannot be saved holds until the
 * console ends.
 */
export const repointAfterFailover = async (
  { profiles, sessions }: Pick<HostContext, 'profiles' | 'sessions'>,
  { sessionId, old }: { sessionId: string; old: 'keep' | 'remove' },
  signal: AbortSignal,
): Promise<FailoverRun> => {
  const host = sessions.get(sessionId)
  const to = await host.services.failover.repoint({ old }, signal)
  const { profile, isSaved } = await profiles.repoint(host.state.profileId, to)
  const opening = await profiles.forConnecting(profile.id, to.password)
  host.pointAt(opening, null)
  // Others may be in the middle of something: they are told, and go over when their people say so.
  const [first] = profile.hosts
  for (const other of sessions.list()) {
    if (first === undefined || other.sessionId === sessionId || other.profileId !== profile.id) continue
    sessions.get(other.sessionId).pointAt(opening, describeHost(first))
  }
  return host.services.failover.repointed({ profile, isSaved }, signal)
}
