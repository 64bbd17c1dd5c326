import type { FailoverRun } from '../../shared/failover.ts'
import type { HostContext } from './trpc.ts'

/**
 * Points a session at the server that was promoted in it, and its profile for the sessions to come. One that cannot be saved holds until the
 * console ends.
 */
export const repointAfterFailover = async (
  { profiles, sessions }: HostContext,
  { sessionId, old }: { sessionId: string; old: 'keep' | 'remove' },
  signal: AbortSignal,
): Promise<FailoverRun> => {
  const host = sessions.get(sessionId)
  const to = await host.services.failover.repoint({ old }, signal)
  const { profile, isSaved } = await profiles.repoint(host.state.profileId, to)
  host.remember(await profiles.forConnecting(profile.id, to.password))
  return host.services.failover.repointed({ profile, isSaved }, signal)
}
