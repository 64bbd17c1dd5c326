import { randomBytes } from 'node:crypto'
import { chmodSync, lstatSync, mkdtempSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { ConsoleError } from '../../shared/errors.ts'
import { embeddedBinaries } from '../cluster/binaries.ts'
import { type Cluster, configureCluster, initCluster, startCluster, stopCluster } from '../cluster/cluster.ts'
import { isAlive } from '../cluster/processes.ts'
import { serverUser } from '../cluster/system-user.ts'
import { watchOver } from '../cluster/watchdog.ts'
import { randomPassword } from '../session/scram.ts'
import { createShadowDatabase, enterShadow } from './shadow-database.ts'
import type { ShadowTarget } from './shadow-target.ts'
import { unfitness } from './shadow-unfit.ts'

/** `viruj-shadow-<pid of the console>-<random>`. */
const folderPrefix = 'viruj-shadow-'

const clusterIn = (folder: string): Cluster => {
  const user = serverUser()
  return { user, binaries: embeddedBinaries(user), dataDir: join(folder, 'data') }
}

const remove = async (folder: string): Promise<void> => {
  await stopCluster(clusterIn(folder), 'immediate')
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
}

/** Removes what killed consoles of this account left behind. */
const removeAbandoned = async (): Promise<void> => {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(folderPrefix))) {
    const pid = Number(name.slice(folderPrefix.length).split('-')[0])
    const folder = join(tmpdir(), name)
    // The temporary folder is everybody's: what another account put there is not ours to touch.
    if (Number.isInteger(pid) && !isAlive(pid) && lstatSync(folder).uid === process.getuid?.())
      await remove(folder)
  }
}

type Connect = (database: string) => Promise<pg.Client>

/** A new server for this one piece of work, on 127.0.0.1 behind a password that nobody is told. */
const withServer = async <Value>(
  signal: AbortSignal,
  use: (connect: Connect) => Promise<Value>,
): Promise<Value> => {
  await removeAbandoned()
  const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`))
  const cluster = clusterIn(folder)
  const callOff = watchOver([cluster])
  try {
    // For root the server runs as another account, which has to pass through.
    if (cluster.user !== undefined) chmodSync(folder, 0o711)
    // A name that no role of the target has.
    const superuser = `shadow_${randomBytes(6).toString('hex')}`
    const password = randomPassword()
    await initCluster(cluster, { superuser, password, signal })
    configureCluster(cluster, {
      tls: undefined,
      hba: ['host all all 127.0.0.1/32 scram-sha-256'],
      settings: {
        // It is thrown away: nothing needs to survive a power cut.
        fsync: false,
        full_page_writes: false,
        synchronous_commit: false,
        autovacuum: false,
        wal_level: 'minimal',
        max_wal_senders: 0,
        max_connections: 10,
        shared_buffers: '32MB',
        // A migration may create thousands of relations in one transaction.
        max_locks_per_transaction: 4096,
        allow_in_place_tablespaces: true,
      },
    })
    const { port } = await startCluster(cluster, { signal })
    return await use(async (database) => {
      const client = new pg.Client({ host: '127.0.0.1', port, user: superuser, password, database })
      // The server may end first, when the work is cancelled.
      client.on('error', () => undefined)
      await client.connect()
      return client
    })
  } finally {
    callOff()
    await remove(folder)
  }
}

/** What the target's database is there, as far as this server and this machine know it: libc's locales differ by machine. */
const asEmbedded = (target: ShadowTarget): ShadowTarget => {
  const { provider, name, rules } = target.locale
  const icu = provider === 'i'
  return {
    ...target,
    versionNumber: 160000,
    locale: {
      provider: icu ? 'i' : 'c',
      collate: 'C',
      ctype: 'C',
      name: icu ? name : null,
      rules: icu ? rules : null,
    },
  }
}

/** Gives the embedded server what the target's cluster has. Fails with `SERVER_ERROR`, naming the statement. */
const takeOver = async (admin: pg.Client, sql: string): Promise<void> => {
  try {
    await admin.query(sql)
  } catch (cause) {
    throw new ConsoleError(
      'SERVER_ERROR',
      `The embedded server for the shadow refuses a role or tablespace of this server: ${toErrorMessage(cause)}`,
      "A shadow on the target's own server needs no such copy: let the connection write, as a role with CREATEDB.",
      { detail: sql, cause },
    )
  }
}

const toErrorMessage = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/**
 * Lends a new database on an embedded PostgreSQL 16 that has the target's roles and tablespaces.
 * @param options.cluster SQL that makes these
 * @param options.privileged true: the target's role is a superuser there from the start, not only when that turns out to be needed
 */
export const withEmbeddedShadow = async <Value>(
  target: ShadowTarget,
  options: { cluster: readonly string[]; privileged: boolean; signal: AbortSignal },
  use: (shadow: pg.Client) => Promise<Value>,
): Promise<Value> =>
  withServer(options.signal, async (connect) => {
    const admin = await connect(target.database === 'postgres' ? 'template1' : 'postgres')
    for (const sql of options.cluster) await takeOver(admin, sql)
    // The target's own name, for migrations that say ALTER DATABASE or GRANT … ON DATABASE.
    const name = /^template[01]$/.test(target.database) ? 'viruj_shadow' : target.database

    const attempt = async (): Promise<Value> => {
      await admin.query(`drop database if exists ${pg.escapeIdentifier(name)}`)
      await createShadowDatabase(admin, name, asEmbedded(target))
      const shadow = await connect(name)
      const abort = () => void shadow.end()
      options.signal.addEventListener('abort', abort)
      try {
        options.signal.throwIfAborted()
        await enterShadow(shadow, target.role)
        return await use(shadow)
      } finally {
        options.signal.removeEventListener('abort', abort)
        await shadow.end()
      }
    }

    if (!options.privileged && !target.isSuperuser) {
      try {
        return await attempt()
      } catch (error) {
        if (options.signal.aborted || unfitness(error) === null) throw error
      }
    }
    await admin.query(`alter role ${pg.escapeIdentifier(target.role)} superuser`)
    return attempt()
  })
