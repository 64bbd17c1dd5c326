import { execFileSync } from 'node:child_process'
import { chownSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ConsoleError } from '../../shared/errors.ts'

/** An account of the operating system that server processes run as. */
export interface SystemUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

// Not "postgres": on a machine with a PostgreSQL of its own, the sandbox's superuser could then read that cluster's files.
const accountName = 'viruj-sandbox'

const lookUp = (): SystemUser | undefined => {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${accountName}:`))
  if (line === undefined) return undefined
  const [name = '', , uid, gid] = line.split(':')
  return { name, uid: Number(uid), gid: Number(gid) }
}

/**
 * Who the servers run as: `undefined` is "whoever runs the console". PostgreSQL refuses to run as root, so for
 * root it is a system account of its own, created once.
 */
export const serverUser = (): SystemUser | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const existing = lookUp()
  if (existing !== undefined) return existing
  let failure: unknown
  try {
    execFileSync(
      'useradd',
      [
        '--system',
        '--user-group',
        '--no-create-home',
        '--home-dir',
        '/nonexistent',
        '--shell',
        '/usr/sbin/nologin',
        accountName,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
  } catch (cause) {
    // Another console may have created it at the same moment.
    failure = cause
  }
  const created = lookUp()
  if (created !== undefined) return created
  throw new ConsoleError(
    'SANDBOX_FAILED',
    `PostgreSQL refuses to run as root, and the system account "${accountName}" could not be created.`,
    'Start the console as an ordinary user, or create that account.',
    { cause: failure },
  )
}

/** Whether `user` can enter `folder`: every folder on the way must let it through. */
export const canEnter = (user: SystemUser, folder: string): boolean => {
  const { mode, uid, gid } = statSync(folder)
  const needed = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
  if ((mode & needed) === 0) return false
  const parent = dirname(folder)
  return parent === folder || canEnter(user, parent)
}

/** Gives `path` and everything in it to `user`. Does nothing for "whoever runs the console". */
export const giveTo = (user: SystemUser | undefined, path: string): void => {
  if (user === undefined) return
  chownSync(path, user.uid, user.gid)
  if (!lstatSync(path).isDirectory()) return
  for (const name of readdirSync(path)) giveTo(user, join(path, name))
}
