import { spawn } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { clusterError } from './cluster-error.ts'
import { isRunning, readPidFile } from './postmaster.ts'
import { giveTo, type SystemUser } from './system-user.ts'

/** Where a cluster is, and with what it runs. */
export interface Cluster {
  readonly binaries: Binaries
  /** Absolute; its parent folder must exist and be enterable by `user`. */
  readonly dataDir: string
  /** The account the server runs as; `undefined` is the console's own. */
  readonly user: SystemUser | undefined
}

export interface RunningServer extends Cluster {
  readonly pid: number
  readonly port: number
}

export type StopMode = 'smart' | 'fast' | 'immediate'

const logFile = (cluster: Cluster): string => `${cluster.dataDir}.log`

/** What the server said since it was started last; empty when it never was. */
export const readLog = (cluster: Cluster): string =>
  existsSync(logFile(cluster)) ? readFileSync(logFile(cluster), 'utf8') : ''

// Nothing of the console's environment may steer the server: no PG* variable, no DATABASE_URL.
const environment = (): NodeJS.ProcessEnv => ({
  ...(process.env.PATH === undefined ? {} : { PATH: process.env.PATH }),
  ...(process.env.SystemRoot === undefined ? {} : { SystemRoot: process.env.SystemRoot }),
  ...(process.env.TEMP === undefined ? {} : { TEMP: process.env.TEMP }),
  HOME: '/nonexistent',
  LC_ALL: 'C',
})

const identity = (user: SystemUser | undefined) =>
  user === undefined ? {} : { uid: user.uid, gid: user.gid }

const run = (
  cluster: Cluster,
  step: string,
  program: string,
  args: string[],
  signal?: AbortSignal,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...identity(cluster.user),
      cwd: join(cluster.dataDir, '..'),
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal === undefined ? {} : { signal }),
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    }
    child.once('error', (cause) =>
      reject(signal?.aborted ? cause : clusterError(step, cluster.dataDir, cause.message, cause)),
    )
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(clusterError(step, cluster.dataDir, said)),
    )
  })

/**
 * Creates an empty cluster (UTF-8, checksums, SCRAM) with one superuser. The folder must not exist.
 * @param options.collation ICU's by default; the databases of PostgreSQL 14 have the operating system's only
 */
export const initCluster = async (
  cluster: Cluster,
  options: {
    superuser: string
    password: string
    collation?: 'icu' | 'libc'
    signal?: AbortSignal | undefined
  },
): Promise<void> => {
  const passwordFile = `${cluster.dataDir}.password`
  mkdirSync(cluster.dataDir, { mode: 0o700 })
  giveTo(cluster.user, cluster.dataDir)
  try {
    writeFileSync(passwordFile, options.password, { mode: 0o600 })
    giveTo(cluster.user, passwordFile)
    await run(
      cluster,
      'create a cluster',
      cluster.binaries.initdb,
      [
        `--pgdata=${cluster.dataDir}`,
        `--username=${options.superuser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        ...(options.collation === 'libc' ? [] : ['--locale-provider=icu', '--icu-locale=en']),
        '--data-checksums',
        // The console syncs nothing at creation: a cluster that was half made is made anew.
        '--no-sync',
      ],
      options.signal,
    )
    appendFileSync(join(cluster.dataDir, 'postgresql.conf'), "\ninclude_if_exists 'console.conf'\n")
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

/**
 * Writes the settings, access rules and TLS files of a stopped or running cluster. Takes effect at its next start, or
 * at a reload where PostgreSQL allows that.
 */
export const configureCluster = (
  cluster: Cluster,
  options: {
    settings: Readonly<Record<string, string | number | boolean>>
    /** The lines of pg_hba.conf. */
    hba: readonly string[]
    /** PEM; `kept`: as it was configured before; `undefined`: no TLS. */
    tls: { certificate: string; privateKey: string } | 'kept' | undefined
  },
): void => {
  const write = (name: string, content: string) => {
    const path = join(cluster.dataDir, name)
    writeFileSync(path, content, { mode: 0o600 })
    giveTo(cluster.user, path)
  }
  const settings = {
    listen_addresses: '127.0.0.1',
    // No socket file: its path would be limited to 107 bytes, and TLS is what the console shows.
    unix_socket_directories: '',
    lc_messages: 'C',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ssl: options.tls !== undefined,
    ...options.settings,
  }
  if (typeof options.tls === 'object') {
    // The names that PostgreSQL looks for by default.
    write('server.crt', options.tls.certificate)
    write('server.key', options.tls.privateKey)
  }
  write('pg_hba.conf', `${options.hba.join('\n')}\n`)
  write(
    'console.conf',
    Object.entries(settings)
      .map(([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'\n`)
      .join(''),
  )
}

/** A port of 127.0.0.1 that nothing listens on at this moment: `preferred` when it is free. */
const freePort = (preferred = 0): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => (preferred === 0 ? reject(error) : resolve(freePort())))
    probe.listen(preferred, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

const launch = async (
  cluster: Cluster,
  port: number,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<number> => {
  // What an earlier run said is of no use: the file would only grow.
  const log = openSync(logFile(cluster), 'w', 0o600)
  const child = spawn(cluster.binaries.postgres, ['-D', cluster.dataDir, '-p', String(port)], {
    ...identity(cluster.user),
    cwd: cluster.dataDir,
    env: environment(),
    // Its own process group: Ctrl-C in the terminal reaches the console only, which then stops the server in order.
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  let failure: Error | undefined
  let exited = false
  child.once('error', (cause) => {
    failure = cause
    exited = true
  })
  child.once('exit', () => {
    exited = true
  })
  const said = () => failure?.message ?? readLog(cluster)
  const deadline = performance.now() + timeoutMs
  try {
    for (;;) {
      const pidFile = readPidFile(cluster.dataDir)
      if (pidFile?.pid === child.pid && pidFile?.status === 'ready') return pidFile?.pid ?? 0
      if (exited) throw clusterError('start the server', cluster.dataDir, said(), failure)
      if (performance.now() > deadline) {
        throw clusterError('start the server in time', cluster.dataDir, said())
      }
      await wait(15, undefined, signal === undefined ? {} : { signal })
    }
  } catch (error) {
    if (!exited) child.kill('SIGQUIT')
    throw error
  }
}

/**
 * Starts a server and waits until it accepts connections (a standby: read-only ones).
 * @param options.port used when it is free, else another one is chosen
 * @throws ConsoleError DISK_FULL or SANDBOX_FAILED, with the end of the server's log as detail
 */
export const startCluster = async (
  cluster: Cluster,
  options: { port?: number; timeoutMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<RunningServer> => {
  const { timeoutMs = 60_000, signal } = options
  const again = (attempt: number) => wait(attempt * 20, undefined, signal === undefined ? {} : { signal })
  for (let attempt = 1; ; attempt++) {
    // Who had a session goes on at the same port: what is in its way often passes, a connection that somebody else makes from it.
    const wanted = attempt <= 8 ? options.port : undefined
    const port = await freePort(wanted)
    if (wanted !== undefined && port !== wanted) {
      await again(attempt)
      continue
    }
    try {
      return { ...cluster, port, pid: await launch(cluster, port, timeoutMs, signal) }
    } catch (error) {
      const detail = error instanceof Error && 'detail' in error ? String(error.detail) : ''
      // Another program took the port in between; or a killed server is not quite gone: its backends have not noticed yet, or its
      // parent has not, and until then its process id is taken.
      const passing =
        /Address already in use|shared memory block .* is still in use/.test(detail) ||
        (/"postmaster\.pid" already exists/.test(detail) && !isRunning(cluster.dataDir))
      if (!passing || attempt === 20) throw error
      await again(attempt)
    }
  }
}

/** Stops whatever server runs on this data directory, and waits for its end. Fine when none runs. */
export const stopCluster = async (cluster: Cluster, mode: StopMode = 'fast'): Promise<void> => {
  if (!isRunning(cluster.dataDir)) return
  const args = ['stop', '-D', cluster.dataDir, '-m', mode, '-w', '-t', '60', '-s']
  try {
    await run(cluster, 'stop the server', cluster.binaries.pgCtl, args)
  } catch (error) {
    // It may have ended by itself in between.
    if (isRunning(cluster.dataDir)) throw error
  }
}

/** Kills the postmaster as a crash would: nothing is flushed, the lock file stays. Resolves when it is gone. */
export const killServer = async (server: RunningServer): Promise<void> => {
  process.kill(server.pid, 'SIGKILL')
  while (isRunning(server.dataDir)) await wait(5)
}
