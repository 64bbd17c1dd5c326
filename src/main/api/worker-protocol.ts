import type { ConsoleErrorShape } from '../../shared/errors.ts'
import type { Profile } from '../../shared/profiles.ts'
import type { SessionState } from '../../shared/sessions.ts'

/** What the host's process sends to a session's worker. */
export type ToWorker =
  | {
      kind: 'open'
      sessionId: string
      profile: Profile
      password: string | null
      storageSecret?: string | null
      home: string
    }
  | { kind: 'call'; id: number; area: string; method: string; input: unknown }
  | { kind: 'abort'; id: number }
  | { kind: 'close'; because: 'idle' | 'sleep' | 'user' }

/** What the worker answers. `opened` and `openFailed` come once; `state` whenever the session's state changes. */
export type FromWorker =
  | { kind: 'opened'; state: SessionState }
  | { kind: 'openFailed'; error: ConsoleErrorShape }
  | { kind: 'state'; state: SessionState }
  | { kind: 'result'; id: number; value: unknown }
  | { kind: 'error'; id: number; error: ConsoleErrorShape }
