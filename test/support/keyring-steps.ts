import { createKeychain } from '../../src/main/session/keychain.ts'
import { createProfiles } from '../../src/main/session/profiles.ts'
import type { ProfileDraft } from '../../src/shared/profiles.ts'

/**
 * Runs in a process of its own, on a D-Bus of its own, with the keyring in one state for the whole process. Prints what
 * profiles and keychain say as one line of JSON.
 */
const [, , home = '', step = ''] = process.argv

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : `unexpected: ${String(error)}`
const outcome = async (work: Promise<unknown>) => work.then((value) => value ?? null, codeOf)

const draft: ProfileDraft = {
  name: 'Plant 1',
  environment: 'staging',
  hosts: [{ host: 'db.example.com', port: 5432 }],
  targetSessionAttrs: 'any',
  database: 'erp',
  user: 'anna',
  tlsMode: 'verify-full',
  caFile: null,
  allowWeakAuthentication: false,
  role: null,
  readOnly: true,
  statementTimeout: 60,
  connectTimeout: 10,
  idleDisconnect: 0,
  migrationsFolder: null,
  storage: null,
  thresholds: {},
}

const profiles = createProfiles({ home, environment: {}, keychain: createKeychain(), extra: [] })
const save = (id: string | null, password: string) =>
  profiles
    .save({ id, draft, secret: { kind: 'keychain', password } })
    .then(({ hasSecret }) => ({ hasSecret }))
const first = async () => (await profiles.list()).profiles[0]?.id ?? ''
const password = (id: string) =>
  profiles.forConnecting(id, null).then((found) => ({ password: found.password }))

const steps: Record<string, () => Promise<Record<string, unknown>>> = {
  async unlocked() {
    const saved = await outcome(save(null, 'hunter2'))
    const id = await first()
    const read = await outcome(password(id))
    await save(id, 'hunter3')
    return {
      saved,
      read,
      changed: await outcome(password(id)),
      state: (await profiles.list()).keychain.state,
    }
  },
  async locked() {
    const atFirst = (await profiles.list()).keychain.state
    const id = await first()
    return {
      atFirst,
      read: await outcome(password(id)),
      typed: await outcome(profiles.forConnecting(id, 'typed').then((found) => found.password)),
      saved: await outcome(save(null, 'hunter2')),
      removed: await outcome(profiles.remove(id)),
      state: (await profiles.list()).keychain.state,
      count: (await profiles.list()).profiles.length,
    }
  },
  async unlockedAgain() {
    const id = await first()
    const read = await outcome(password(id))
    const removed = await outcome(profiles.remove(id))
    return {
      read,
      removed,
      left: await createKeychain().get(id),
      count: (await profiles.list()).profiles.length,
    }
  },
  async missing() {
    const list = await profiles.list()
    return {
      state: list.keychain.state,
      saved: await outcome(save(null, 'hunter2')),
      count: (await profiles.list()).profiles.length,
    }
  },
}

console.log(JSON.stringify(await steps[step]?.()))
// A call of the keyring that hangs would keep the process.
process.exit(0)
