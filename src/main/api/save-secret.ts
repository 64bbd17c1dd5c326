import { ConsoleError } from '../../shared/errors.ts'
import type { Profile } from '../../shared/profiles.ts'
import { connectionOf } from '../security/provisioning/connection.ts'
import type { HostContext } from './trpc.ts'

/**
 * Puts a password that a job made into the keychain, as a new connection, without showing it to anybody. When the keychain does not
 * take it, the session still has it, and it can be shown instead.
 */
export const saveSecret = async (
  { profiles, sessions }: HostContext,
  { sessionId, jobId, name }: { sessionId: string; jobId: string; name: string },
  signal: AbortSignal,
): Promise<Profile> => {
  const { services, state } = sessions.get(sessionId)
  const { login, password, database } = await services.provisioning.secret({ jobId }, signal)
  const via = (await profiles.list()).profiles.find(({ id }) => id === state.profileId)
  if (via === undefined) {
    throw new ConsoleError(
      'NOT_FOUND',
      'The connection of this session was removed: nobody knows any more how to reach the server.',
      'Show the password, and make the connection by hand.',
    )
  }
  const saved = await profiles.save({
    id: null,
    draft: connectionOf(via, { name, login, database }),
    secret: { kind: 'keychain', password },
  })
  await services.provisioning.forget({ jobId }, signal)
  return saved
}
