import type { ConsoleError } from '../../shared/errors.ts'
import { createKeychain } from '../session/keychain.ts'
import { createPreferences } from '../session/preferences.ts'
import { createProfiles } from '../session/profiles.ts'
import { createSessions } from './sessions.ts'
import type { HostContext } from './trpc.ts'

/** How a console is started; the same for the window and for the browser. */
export type ConsoleOptions = {
  /** Folder of profiles, preferences and the sandbox. */
  home: string
  /** `DATABASE_URL` is read from here. */
  environment: NodeJS.ProcessEnv
  /** Sample servers to run beside it; `scale` multiplies their volumes. Null: none. */
  sandbox: { scale: number } | null
  /** Told what takes its time, in words for a person. */
  onProgress: (message: string) => void
  /** Told why there are no sample servers. Everything else works without them. */
  onSandboxFailed: (error: ConsoleError) => void
  signal: AbortSignal
}

/** A running console: what the router works on. `close` ends the sessions, then the sample servers. */
export type Console = { context: HostContext; close(): Promise<void> }

export const openConsole = async (options: ConsoleOptions): Promise<Console> => {
  const { home, environment } = options
  const profiles = createProfiles({ home, environment, keychain: createKeychain(), extra: [] })
  const sessions = createSessions(profiles)
  return {
    context: { profiles, sessions, preferences: createPreferences({ home }) },
    close: () => sessions.closeAll('user'),
  }
}
