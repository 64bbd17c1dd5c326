import { ConsoleError } from '../../shared/errors.ts'
import type { KeychainState } from '../../shared/profiles.ts'

/** The name under which all passwords of the console lie in the system's keychain. */
const service = 'viruj-console'
/** Milliseconds to read: the Secret Service may wait for a person to unlock it. */
const readLimit = 5000
/** Milliseconds to write, in which a person may type the password of the keychain. */
const writeLimit = 60_000

/** The operating system's keychain. Nothing of it waits without a limit. */
export type Keychain = {
  /**
   * What is known since the last use. Before the first one it is looked at with `saved`, an account whose password was saved,
   * if there is any: only by its absence can be seen that the keychain is locked.
   */
  state(saved: string | null): Promise<KeychainState>
  /** Null: not there, or locked: nobody can tell which. Fails with `KEYCHAIN_MISSING` or, out of time, `KEYCHAIN_LOCKED`. */
  get(account: string): Promise<string | null>
  /** Fails with `KEYCHAIN_LOCKED` or `KEYCHAIN_MISSING`; then nothing is stored. */
  set(account: string, password: string): Promise<void>
  /** False: not there, or locked. Fails as `get` does. */
  delete(account: string): Promise<boolean>
}

const missing: KeychainState = {
  state: 'missing',
  explanation:
    'This machine has no keychain that the console can use. Passwords are kept in memory until the console ends. ' +
    (process.platform === 'linux'
      ? 'Install and start a Secret Service, for example gnome-keyring.'
      : 'Reinstall the console if this machine should have one.'),
}
const locked: KeychainState = {
  state: 'locked',
  explanation:
    'The keychain of this machine is locked, or the entry was removed from it. Unlock it, or type the password.',
}
const available: KeychainState = { state: 'available', explanation: '' }

const keychainError = ({ state, explanation }: KeychainState, cause?: unknown): ConsoleError =>
  new ConsoleError(
    state === 'missing' ? 'KEYCHAIN_MISSING' : 'KEYCHAIN_LOCKED',
    state === 'missing' ? 'This machine has no keychain.' : 'The keychain did not give or take the password.',
    explanation,
    { cause },
  )

type Keytar = Pick<typeof import('keytar'), 'getPassword' | 'setPassword' | 'deletePassword'>

/**
 * Uses get, set and delete of keytar only: `findCredentials` ends the process when the keyring is locked. A call that hangs
 * holds one of Node's few threads for files and names, so there is never more than one.
 */
export const createKeychain = (): Keychain => {
  let known: KeychainState | null = null
  let busy: Promise<unknown> | null = null
  let loading: Promise<Keytar> | null = null

  const use = async <Value>(limit: number, work: (keytar: Keytar) => Promise<Value>): Promise<Value> => {
    loading ??= import('keytar').then((module) => module.default)
    const keytar = await loading.catch((cause: unknown) => {
      known = missing
      throw keychainError(missing, cause)
    })
    const deadline = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      known = locked
      deadline.reject(keychainError(locked))
    }, limit)
    try {
      while (busy !== null) await Promise.race([busy, deadline.promise])
      const working = work(keytar)
      const ended = working
        .catch(() => undefined)
        .finally(() => {
          busy = null
        })
      busy = ended
      return await Promise.race([working, deadline.promise])
    } finally {
      clearTimeout(timer)
      deadline.promise.catch(() => undefined)
    }
  }

  const orMissing = async <Value>(work: Promise<Value>): Promise<Value> => {
    try {
      return await work
    } catch (cause) {
      if (cause instanceof ConsoleError) throw cause
      // A locked keychain answers reading with "nothing"; only one that is not there fails.
      known = missing
      throw keychainError(missing, cause)
    }
  }

  const keychain: Keychain = {
    async state(saved) {
      if (known !== null) return known
      const password = await keychain.get(saved ?? 'state').catch(() => null)
      known ??= saved !== null && password === null ? locked : available
      return known
    },
    async get(account) {
      const password = await orMissing(use(readLimit, (keytar) => keytar.getPassword(service, account)))
      if (password !== null || known?.state === 'missing') known = available
      return password
    },
    async set(account, password) {
      // Writing fails alike without a keychain and with a locked one; reading tells them apart.
      await keychain.get(account)
      try {
        await use(writeLimit, (keytar) => keytar.setPassword(service, account, password))
        known = available
      } catch (cause) {
        known = locked
        throw cause instanceof ConsoleError ? cause : keychainError(locked, cause)
      }
    },
    async delete(account) {
      return orMissing(use(readLimit, (keytar) => keytar.deletePassword(service, account)))
    },
  }
  return keychain
}
