import { ConsoleError } from '../../shared/errors.ts'
import type { Profile } from '../../shared/profiles.ts'
import type { StorageSettings } from '../../shared/storage.ts'
import { createKeychain } from '../session/keychain.ts'
import { createProfiles } from '../session/profiles.ts'
import { openSession, type Session } from '../session/session.ts'

export const targetHelp = `  --profile NAME     Connection to use, by its name or id. Without it: DATABASE_URL.
  --confirm NAME     Name of the database, which production connections ask for before they are written to.
  --home FOLDER      Folder of the connections.`

/** Where a command works: words that every command which connects takes. */
export const targetOptions = {
  profile: { type: 'string' },
  confirm: { type: 'string' },
  home: { type: 'string' },
} as const

/** The connection that a command means: a named one, or DATABASE_URL. */
export const chooseProfile = (
  known: readonly Profile[],
  named: string | undefined,
  problem: string | null,
): Profile => {
  const wanted = named ?? 'environment'
  const [found, second] = known.filter(({ id, name }) => id === wanted || name === wanted)
  if (second !== undefined) {
    throw new ConsoleError('INVALID_INPUT', `Several connections are called "${wanted}".`, 'Name its id.')
  }
  if (found !== undefined) return found
  if (named !== undefined) {
    throw new ConsoleError(
      'NOT_FOUND',
      `There is no connection "${named}".`,
      'Name one that the console lists.',
    )
  }
  throw new ConsoleError(
    'INVALID_INPUT',
    problem ?? 'No database was named.',
    'Set DATABASE_URL, or name a connection with --profile.',
  )
}

/** Nobody can type into a command: the remedy is the word that says the same. */
const namingTheWord = (session: Session, ask: () => void): void => {
  try {
    ask()
  } catch (error) {
    if (!(error instanceof ConsoleError) || error.code !== 'CONFIRMATION_REQUIRED') throw error
    const name = JSON.stringify(session.state().server.database)
    throw new ConsoleError(
      error.code,
      error.message,
      `Add --confirm ${name} if that is meant. Nothing was changed.`,
    )
  }
}

/**
 * A session for one command, in this very thread. `DATABASE_URL` was written for the command and may be written to; a
 * connection that was set up in the console keeps its own word: read-only stays read-only, production wants its name.
 */
export const openHeadlessSession = async (options: {
  home: string
  profile: string | undefined
  confirm: string | undefined
  environment: NodeJS.ProcessEnv
  /** Instead of the connection's own, with credentials of the AWS tools. */
  storage?: StorageSettings | null
  signal: AbortSignal
}): Promise<Session> => {
  const profiles = createProfiles({
    home: options.home,
    environment: options.environment,
    keychain: createKeychain(),
    extra: [],
  })
  const { profiles: known, problem } = await profiles.list()
  const { id } = chooseProfile(known, options.profile, problem)
  const { profile, password, storageSecret } = await profiles.forConnecting(id, null)
  const session = await openSession({
    sessionId: 'command',
    profile: {
      ...profile,
      ...(profile.source === 'environment' && { readOnly: false }),
      ...(options.storage != null && { storage: options.storage }),
    },
    password,
    storageSecret,
    signal: options.signal,
    onState: () => undefined,
  })
  if (options.confirm !== undefined) {
    try {
      const { confirm } = options
      namingTheWord(session, () => session.confirmWrites({ database: confirm }))
    } catch (error) {
      await session.close('user')
      throw error
    }
  }
  return { ...session, assertMayWrite: () => namingTheWord(session, session.assertMayWrite) }
}
