import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdtempSync, statfsSync } from 'node:fs'
import { freemem } from 'node:os'
import { delimiter, join } from 'node:path'
import about from '../package.json' with { type: 'json' }

/** Ends the program when it does not run on the Node that the project pins (`node` in devDependencies). */
export const assertNode = (): void => {
  const major = Number(process.versions.node.split('.')[0])
  if (major >= 24) return
  console.error(
    `This needs Node 24 and runs on ${process.version}. Run it through npm (npm start, npm test): npm ci has installed the right one.`,
  )
  process.exit(1)
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The path of a program, or null. */
export const findProgram = (...names: string[]): string | null => {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      if (folder !== '' && isExecutable(join(folder, name))) return join(folder, name)
    }
  }
  return null
}

/** Asked of another process: this one would remember for good that there was no such package. */
const keytarLoads = (): boolean =>
  spawnSync(process.execPath, ['-e', "require('keytar')"], { stdio: 'ignore' }).status === 0

/** What is `optional` is installed where it can be, and the tests that use it are skipped where it is not. */
type Need = { what: string; debian: string; present: () => boolean; optional?: true }

/** What the tests use of the system, with the Debian package that brings it. */
const needs: Need[] = [
  {
    what: 'Chromium',
    debian: 'chromium-headless-shell',
    present: () => findProgram('chromium-headless-shell', 'chromium', 'google-chrome') !== null,
  },
  {
    what: 'libsecret with its headers (keytar is compiled against it)',
    debian: 'libsecret-1-dev',
    present: () => keytarLoads() || spawnSync('pkg-config', ['--exists', 'libsecret-1']).status === 0,
  },
  {
    what: 'a Secret Service keyring',
    debian: 'gnome-keyring',
    present: () => findProgram('gnome-keyring-daemon') !== null,
  },
  { what: 'a session bus', debian: 'dbus', present: () => findProgram('dbus-run-session') !== null },
  {
    what: 'psql, the peer that values are compared with',
    debian: 'postgresql-client',
    present: () => findProgram('psql') !== null,
  },
  {
    what: 'a second major version of PostgreSQL',
    debian: 'postgresql',
    present: () => spawnSync('sh', ['-c', 'ls /usr/lib/postgresql/*/bin/postgres']).status === 0,
  },
  {
    what: 'a pooler in transaction mode',
    debian: 'pgbouncer',
    present: () => findProgram('pgbouncer') !== null || existsSync('/usr/sbin/pgbouncer'),
  },
  {
    what: "Kea's schema, made by others, which must show no drift",
    debian: 'kea-admin',
    present: () => existsSync('/usr/share/kea/scripts/pgsql/dhcpdb_create.pgsql'),
  },
  {
    what: "Ceph's S3, which the sandbox's is compared with",
    debian: 'radosgw ceph-mon ceph-osd ceph-common',
    // It takes a minute of both cores to start.
    present: () =>
      process.env.CEPH === undefined ||
      ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph'].every((name) => findProgram(name) !== null),
    optional: true,
  },
]

/**
 * Brings what the tests need of the system: installs it with apt where that is allowed, else says what is missing.
 * Returns the names of what is still missing.
 */
export const prepareSystem = (): string[] => {
  if (process.platform !== 'linux') return []
  const missing = () => needs.filter((need) => !need.present())
  const wanted = missing()
  const mayInstall = process.getuid?.() === 0 && findProgram('apt-get') !== null
  if (wanted.length > 0 && mayInstall) {
    const packages = (optional: boolean) =>
      wanted.filter((need) => (need.optional === true) === optional).flatMap((need) => need.debian.split(' '))
    console.log(`Installing ${wanted.map((need) => need.debian).join(', ')} with apt-get`)
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const apt = (...words: string[]) =>
      spawnSync('apt-get', ['-qq', ...words], { env: environment, stdio: ['ignore', 'ignore', 'inherit'] })
    apt('update')
    // Apart: what one system does not have must not keep the rest away.
    for (const some of [packages(false), packages(true)]) {
      if (some.length > 0) apt('install', '-y', '--no-install-recommends', ...some)
    }
  }
  if (!keytarLoads()) {
    console.log('Compiling keytar')
    // `npm ci` took it away again when it could not compile it: an optional dependency may fail.
    const keytar = `keytar@${about.optionalDependencies.keytar}`
    spawnSync('npm', ['install', '--no-save', keytar], { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  return [
    ...missing()
      .filter((need) => need.optional !== true)
      .map((need) => `${need.what} (Debian: ${need.debian})`),
    ...(keytarLoads() ? [] : ['keytar, which needs libsecret-1-dev and a C++ compiler']),
  ]
}

/** Bytes that the test servers and browsers of a run write at most at a time, twice over. */
const room = 6 * 2 ** 30

/**
 * A new folder in memory for what tests throw away, which halves the time of those that make databases; null where there is no
 * room for it. Whoever asked removes it.
 */
export const folderInMemory = (): string | null => {
  const memory = '/dev/shm'
  if (process.platform !== 'linux' || !existsSync(memory)) return null
  const { bavail, bsize } = statfsSync(memory)
  if (bavail * bsize < room || freemem() < room) return null
  return mkdtempSync(join(memory, 'viruj-tests-'))
}

/** Runs a program of node_modules/.bin and tells what it wrote: as it comes, or held back until its end. True when it succeeds. */
export const run = (
  program: string,
  words: string[],
  output: 'live' | 'at the end' = 'live',
): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(program, words, { stdio: output === 'live' ? 'inherit' : ['ignore', 'pipe', 'pipe'] })
    const written: Buffer[] = []
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => written.push(chunk))
    const end = (succeeded: boolean) => {
      process.stdout.write(Buffer.concat(written))
      resolve(succeeded)
    }
    child.once('error', (error) => {
      console.error(`${program}: ${error.message}`)
      end(false)
    })
    child.once('close', (code) => end(code === 0))
  })
