import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { hasKeyring, keyringIn } from '../support/keyring.ts'

const run = promisify(execFile)
const script = new URL('../support/keyring-steps.ts', import.meta.url).pathname

let folder: string
let keyring: ReturnType<typeof keyringIn>

const lastLine = (output: string): unknown => JSON.parse(output.trim().split('\n').at(-1) ?? '')

/** Runs a step with the keyring in one state. */
const onBus = async (state: 'unlocked' | 'locked', step: string): Promise<unknown> => {
  const [program = '', ...line] = keyring.within(state)
  const { stdout } = await run(program, [...line, process.execPath, script, join(folder, 'home'), step], {
    env: keyring.environment,
  })
  return lastLine(stdout)
}

describe.skipIf(!hasKeyring)('a password in the keyring of the system', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(inject('runFolder'), 'keyring-'))
    keyring = keyringIn(folder)
  })

  test('is saved, survives a locked keyring without being lost or forgotten, and is removed with its profile', async () => {
    expect(await onBus('unlocked', 'unlocked')).toEqual({
      saved: { hasSecret: true },
      read: { password: 'hunter2' },
      changed: { password: 'hunter3' },
      state: 'available',
    })
    expect(await onBus('locked', 'locked')).toEqual({
      atFirst: 'locked',
      read: 'KEYCHAIN_LOCKED',
      typed: 'typed',
      saved: 'KEYCHAIN_LOCKED',
      removed: 'KEYCHAIN_LOCKED',
      state: 'locked',
      count: 1,
    })
    expect(await onBus('unlocked', 'unlockedAgain')).toEqual({
      read: { password: 'hunter3' },
      removed: null,
      left: null,
      count: 0,
    })
  })

  test.each([
    ['no bus is known', ''],
    ['the bus is gone', 'unix:path=/nowhere'],
  ])('cannot be saved when %s, and the profile is not saved without it', async (_, address) => {
    const { stdout } = await run(process.execPath, [script, join(folder, 'none'), 'missing'], {
      env: { ...keyring.environment, DBUS_SESSION_BUS_ADDRESS: address },
    })
    expect(lastLine(stdout)).toEqual({ state: 'missing', saved: 'KEYCHAIN_MISSING', count: 0 })
  })
})
