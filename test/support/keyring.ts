import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** Whether a Secret Service and a bus of one's own can be started here. */
export const hasKeyring =
  existsSync('/usr/bin/gnome-keyring-daemon') && existsSync('/usr/bin/dbus-run-session')

const services = {
  unlocked: 'printf pw | gnome-keyring-daemon --unlock --components=secrets',
  locked: 'gnome-keyring-daemon --start --components=secrets',
} as const

/** A keyring below `folder`, kept from one use to the next. */
export const keyringIn = (folder: string) => {
  const data = join(folder, 'data')
  const run = join(folder, 'run')
  mkdirSync(data, { recursive: true })
  mkdirSync(run, { recursive: true, mode: 0o700 })
  return {
    environment: { PATH: process.env.PATH, HOME: folder, XDG_DATA_HOME: data, XDG_RUNTIME_DIR: run },
    /**
     * Runs the command that follows on a bus of its own, with the keyring in this state. Prints `pid N` first: who ends the
     * command ends the bus, while the bus would leave the command behind.
     */
    within: (state: keyof typeof services): string[] => [
      'dbus-run-session',
      '--',
      'sh',
      '-c',
      `${services[state]} >/dev/null 2>&1; echo "pid $$"; exec "$0" "$@"`,
    ],
  }
}
