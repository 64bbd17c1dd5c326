import { constants, existsSync, rmSync, writeFileSync } from 'node:fs'
import { cp, mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Cluster, type RunningServer, readLog, startCluster, stopCluster } from '../cluster/cluster.ts'
import { clusterError } from '../cluster/cluster-error.ts'
import { giveTo } from '../cluster/system-user.ts'
import { connectAsSuperuser } from './connect.ts'
import { configureStandby, slotName } from './settings.ts'

// What belongs to the running primary and is left out of a copy (see pg_basebackup).
const emptied = [
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]

/** Makes the standby from the files of a primary that was shut down in order, in place of whatever was there. */
export const copyToStandby = async (primary: Cluster, standby: Cluster): Promise<void> => {
  const unfinished = `${standby.dataDir}.unfinished`
  const leftOut = emptied.map((folder) => join(primary.dataDir, folder))
  try {
    for (const folder of [standby.dataDir, unfinished]) rmSync(folder, { recursive: true, force: true })
    await mkdir(unfinished, { mode: 0o700 })
    await cp(primary.dataDir, unfinished, {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (source) => !leftOut.includes(dirname(source)),
    })
    writeFileSync(join(unfinished, 'standby.signal'), '')
    giveTo(standby.user, unfinished)
    await rename(unfinished, standby.dataDir)
  } catch (cause) {
    rmSync(unfinished, { recursive: true, force: true })
    throw clusterError('make the standby', dirname(standby.dataDir), String(cause), cause)
  }
}

/** Whether the folder holds a standby, and not a half-made one or one that was promoted. */
export const isStandby = (standby: Cluster): boolean => existsSync(join(standby.dataDir, 'standby.signal'))

/**
 * Starts the standby and waits until it streams from the primary.
 * @throws ConsoleError SANDBOX_FAILED when it does not within 15 s
 */
export const startStandby = async (
  standby: Cluster,
  options: {
    primary: RunningServer
    port: number
    ca: string
    password: string
    signal?: AbortSignal | undefined
  },
): Promise<RunningServer> => {
  const { primary, port, ca, password, signal } = options
  configureStandby(standby, primary.port)
  const client = await connectAsSuperuser({ port: primary.port, ca, password })
  try {
    // The slot is missing in a primary whose standby is made for the first time, and lost after too long an absence.
    await client.query(
      `select pg_drop_replication_slot(slot_name)
         from pg_replication_slots where slot_name = $1 and wal_status = 'lost' and not active`,
      [slotName],
    )
    await client.query(
      `select pg_create_physical_replication_slot($1, true)
        where not exists (select from pg_replication_slots where slot_name = $1)`,
      [slotName],
    )
    const server = await startCluster(standby, { port, timeoutMs: 15_000, signal })
    const deadline = performance.now() + 15_000
    for (;;) {
      const { rowCount } = await client.query(
        `select from pg_stat_replication where application_name = $1 and state = 'streaming'`,
        [slotName],
      )
      if (rowCount === 1) return server
      if (performance.now() > deadline) {
        throw clusterError('make the standby follow the primary', standby.dataDir, readLog(standby))
      }
      await wait(20, undefined, signal && { signal })
    }
  } catch (error) {
    await stopCluster(standby, 'immediate')
    throw error
  } finally {
    await client.end()
  }
}
