import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, inject, test } from 'vitest'

const run = promisify(execFile)
const script = new URL('../support/keyring-steps.ts', import.meta.url).pathname
const hasKeyring = existsSync('/usr/bin/gnome-keyring-daemon') && existsSync('/usr/bin/dbus-run-session')

/** Where the keyring keeps its file between the steps. */
let folder: string

const environment = () => ({
  PATH: process.env.PATH,
  HOME: folder,
  XDG_DATA_HOME: join(folder, 'data'),
  XDG_RUNTIME_DIR: join(folder, 'run'),
})

const lastLine = (output: string): unknown => JSON.parse(output.trim().split('\n').at(-1) ?? '')

/** Runs a step on a bus of its own after `keyring` has started the Secret Service. */
const onBus = async (keyring: string, step: string): Promise<unknown> => {
  const command = `${keyring} >/dev/null 2>&1; exec "$0" "$@"`
  const { stdout } = await run(
    'dbus-run-session',
    ['--', 'sh', '-c', command, process.execPath, script, join(folder, 'home'), step],
    { env: environment() },
  )
  return lastLine(stdout)
}

const unlocked = 'printf pw | gnome-keyring-daemon --unlock --components=secrets'
const locked = 'gnome-keyring-daemon --start --components=secrets'

describe.skipIf(!hasKeyring)('a password in the keyring of the system', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(inject('runFolder'), 'keyring-'))
    await mkdir(join(folder, 'data'))
    await mkdir(join(folder, 'run'), { mode: 0o700 })
  })

  test('is saved, survives a locked keyring without being lost or forgotten, and is removed with its profile', async () => {
    expect(await onBus(unlocked, 'unlocked')).toEqual({
      saved: { hasSecret: true },
      read: { password: 'hunter2' },
      changed: { password: 'hunter3' },
      state: 'available',
    })
    expect(await onBus(locked, 'locked')).toEqual({
      atFirst: 'locked',
      read: 'KEYCHAIN_LOCKED',
      typed: 'typed',
      saved: 'KEYCHAIN_LOCKED',
      removed: 'KEYCHAIN_LOCKED',
      state: 'locked',
      count: 1,
    })
    expect(await onBus(unlocked, 'unlockedAgain')).toEqual({
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
      env: { ...environment(), DBUS_SESSION_BUS_ADDRESS: address },
    })
    expect(lastLine(stdout)).toEqual({ state: 'missing', saved: 'KEYCHAIN_MISSING', count: 0 })
  })
})
