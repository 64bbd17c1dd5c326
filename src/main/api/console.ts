import { ConsoleError, toErrorShape } from '../../shared/errors.ts'
import { createSigningKeys } from '../audit/evidence/signing-key.ts'
import type { UploadsCut } from '../documents/uploads.ts'
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts'
import { createKeychain } from '../session/keychain.ts'
import { createPreferences } from '../session/preferences.ts'
import { createProfiles } from '../session/profiles.ts'
import { sandboxProfiles } from './sandbox-profiles.ts'
import { createSessions } from './sessions.ts'
import type { StartOptions } from './start-options.ts'
import type { HostContext } from './trpc.ts'

/** How a console is started; the same for the window and for the browser. */
export type ConsoleOptions = {
  /** Folder of profiles, preferences and the sandbox. */
  home: string
  /** `DATABASE_URL` is read from here. */
  environment: NodeJS.ProcessEnv
  /** Sample servers to run beside it; null: none. */
  sandbox: StartOptions['sandbox']
  /** Told what takes its time, in words for a person. */
  onProgress: (message: string) => void
  /** Told why there are no sample servers. Everything else works without them. */
  onSandboxFailed: (error: ConsoleError) => void
  signal: AbortSignal
}

/** A running console: what the router works on. `close` ends the sessions, then the sample servers, and tells what became of uploads. */
export type Console = { context: HostContext; close(): Promise<UploadsCut> }

export const openConsole = async (options: ConsoleOptions): Promise<Console> => {
  const sandbox = await openSampleServers(options)
  const { home } = options
  const keychain = createKeychain()
  const profiles = createProfiles({
    home,
    environment: options.environment,
    keychain,
    extra: sandbox === null ? [] : sandboxProfiles(sandbox),
  })
  const sessions = createSessions(profiles, { home })
  return {
    context: {
      profiles,
      sessions,
      preferences: createPreferences({ home }),
      signingKeys: createSigningKeys({ home, keychain }),
    },
    async close() {
      try {
        return await sessions.closeAll('user')
      } finally {
        await sandbox?.close()
      }
    },
  }
}

const openSampleServers = async (options: ConsoleOptions): Promise<Sandbox | null> => {
  if (options.sandbox === null) return null
  const { home, onProgress, signal } = options
  try {
    return await openSandbox({ home, onProgress, signal, ...options.sandbox })
  } catch (error) {
    signal.throwIfAborted()
    options.onSandboxFailed(ConsoleError.fromShape(toErrorShape(error)))
    return null
  }
}
