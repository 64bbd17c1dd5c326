import { openSession, type Session } from '../../src/main/session/session.ts'
import type { Profile } from '../../src/shared/profiles.ts'
import type { SessionState } from '../../src/shared/sessions.ts'
import type { TestDatabase } from './postgres.ts'

/** A signal that never fires. */
export const noAbort = (): AbortSignal => new AbortController().signal

/** A profile for a test database, with verified TLS. */
export const profileOf = (
  on: Pick<TestDatabase, 'host' | 'port' | 'database' | 'user' | 'caFile'>,
  changes: Partial<Profile> = {},
): Profile => ({
  id: 'test',
  source: 'stored',
  hasSecret: false,
  hasStorageSecret: false,
  name: 'Test',
  environment: 'development',
  hosts: [{ host: on.host, port: on.port }],
  targetSessionAttrs: 'any',
  database: on.database,
  user: on.user,
  tlsMode: 'verify-full',
  caFile: on.caFile,
  allowWeakAuthentication: false,
  role: null,
  readOnly: true,
  statementTimeout: 60,
  connectTimeout: 10,
  idleDisconnect: 0,
  migrationsFolder: null,
  storage: null,
  thresholds: {},
  ...changes,
})

/** A session in this very thread. `states` are all changes in their order; it is closed at the end of its scope. */
export type TestSession = Session & { states: SessionState[]; [Symbol.asyncDispose](): Promise<void> }

export const openTestSession = async (
  on: Pick<TestDatabase, 'host' | 'port' | 'database' | 'user' | 'caFile' | 'password'>,
  changes: Partial<Profile> = {},
  password: string | null = on.password,
): Promise<TestSession> => {
  const states: SessionState[] = []
  const session = await openSession({
    sessionId: 'test-session',
    profile: profileOf(on, changes),
    password,
    signal: noAbort(),
    onState: (state) => states.push(state),
  })
  return { ...session, states, [Symbol.asyncDispose]: () => session.close('user') }
}
