import type { ConsoleErrorShape } from '../../shared/errors.ts'
import type { Profile } from '../../shared/profiles.ts'
import type { SessionState } from '../../shared/sessions.ts'
import type { UploadsCut } from '../documents/uploads.ts'

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

/** What the worker answers. `opened`, `openFailed` and `closing` come once; `state` whenever the session's state changes. */
export type FromWorker =
  | { kind: 'opened'; state: SessionState }
  | { kind: 'openFailed'; error: ConsoleErrorShape }
  | { kind: 'state'; state: SessionState }
  | { kind: 'closing'; uploadsCut: UploadsCut }
  | { kind: 'result'; id: number; value: unknown }
  | { kind: 'error'; id: number; error: ConsoleErrorShape }

/** Bytes are handed over, not copied: who sends them has no further use for them. */
export const transferables = (value: unknown): ArrayBuffer[] => {
  if (typeof value !== 'object' || value === null || !('bytes' in value)) return []
  const { bytes } = value
  return bytes instanceof Uint8Array && bytes.buffer instanceof ArrayBuffer && bytes.byteLength > 0
    ? [bytes.buffer]
    : []
}
