import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { ConsoleError, cancelled } from '../../shared/errors.ts'
import { type RunningServer, startCluster, stopCluster } from '../cluster/cluster.ts'
import { clusterError } from '../cluster/cluster-error.ts'
import { isRunning, readPidFile } from '../cluster/postmaster.ts'
import { watchOver } from '../cluster/watchdog.ts'
import { startObjectServerThread } from '../object-server/object-server-thread.ts'
import type { ObjectServer } from '../object-server/options.ts'
import { buildSandbox } from './build.ts'
import { databaseName } from './connect.ts'
import { sampleBucket } from './objects.ts'
import { takeOwnership } from './owner-lock.ts'
import {
  clustersIn,
  discardOthers,
  type Persona,
  prepareFolder,
  readState,
  type SandboxFolder,
  type SandboxState,
  stateFile,
  writeState,
} from './sandbox-folder.ts'
import { schemaFingerprint } from './schema.ts'
import { seedVersion } from './seed.ts'
import { caFileOf, configurePrimary } from './settings.ts'
import { copyToStandby, isStandby, startStandby } from './standby.ts'

export interface SandboxOptions {
  /** The console's folder; the sandbox is `sandbox` in it. */
  home: string
  /** Of the sample data. An existing sandbox of another scale is made anew; by default it is kept, and a new one has 1. */
  scale?: number
  /** Told what happens now, in words for a person. */
  onProgress?: (step: string) => void
  signal?: AbortSignal
}

/** A running sandbox: two database servers on 127.0.0.1 that accept TLS only, and an object server there. */
export interface Sandbox {
  readonly primary: { host: string; port: number }
  readonly standby: { host: string; port: number }
  readonly database: string
  /** PEM file of the authority of both servers. */
  readonly caFile: string
  readonly personas: readonly Persona[]
  readonly storage: { endpoint: string; bucket: string; accessKeyId: string; secretAccessKey: string }
  /** Whether another console runs the servers. They then stop with that one. */
  readonly guest: boolean
  /** Stops the servers; for a guest it does nothing. */
  close(): Promise<void>
}

type Options = Required<Pick<SandboxOptions, 'onProgress'>> & Pick<SandboxOptions, 'scale' | 'signal'>

const host = '127.0.0.1'

const describe = (
  folder: SandboxFolder,
  { folder: name, primaryPort, standbyPort, personas, storage }: SandboxState,
  more: Pick<Sandbox, 'guest' | 'close'>,
): Sandbox => ({
  primary: { host, port: primaryPort },
  standby: { host, port: standbyPort },
  database: databaseName,
  caFile: caFileOf(clustersIn(folder, name).primary),
  personas,
  storage: {
    endpoint: `http://${host}:${storage.port}`,
    bucket: sampleBucket,
    accessKeyId: storage.accessKeyId,
    secretAccessKey: storage.secretAccessKey,
  },
  ...more,
})

/** The sandbox that another console runs; `undefined` while it is not ready. */
const visit = (folder: SandboxFolder): Sandbox | undefined => {
  const state = readState(folder)
  if (state === undefined) return undefined
  const { primary, standby } = clustersIn(folder, state.folder)
  const [primaryPort, standbyPort] = [primary, standby].map(({ dataDir }) => {
    const pidFile = readPidFile(dataDir)
    return pidFile?.status === 'ready' && isRunning(dataDir) ? pidFile.port : undefined
  })
  if (primaryPort === undefined || standbyPort === undefined) return undefined
  return describe(
    folder,
    { ...state, primaryPort, standbyPort },
    { guest: true, close: async () => undefined },
  )
}

/** The state of the sandbox that is there and usable, or of a new one. */
const findOrBuild = async (
  folder: SandboxFolder,
  { scale, onProgress, signal }: Options,
): Promise<SandboxState> => {
  const fingerprint = createHash('sha256')
    .update(`${seedVersion} ${await schemaFingerprint()}`)
    .digest('hex')
  const found = readState(folder)
  const usable =
    found?.fingerprint === fingerprint &&
    (scale ?? found.scale) === found.scale &&
    existsSync(join(clustersIn(folder, found.folder).primary.dataDir, 'PG_VERSION'))
  await discardOthers(folder, usable ? found.folder : undefined)
  if (usable) return found
  if (found !== undefined) onProgress('The sample data is made anew: this version of the console has another')
  rmSync(stateFile(folder), { force: true })
  return buildSandbox(folder, { fingerprint, scale: scale ?? 1, onProgress, signal })
}

const startServers = async (
  folder: SandboxFolder,
  state: SandboxState,
  { onProgress, signal }: Options,
): Promise<{ primary: RunningServer; standby: RunningServer }> => {
  const { primary, standby } = clustersIn(folder, state.folder)
  // What a console that was killed left running.
  for (const cluster of [standby, primary]) await stopCluster(cluster)
  onProgress('Starting the servers')
  configurePrimary(primary)
  const startPrimary = () => startCluster(primary, { port: state.primaryPort, signal })
  const startBoth = async () => {
    const server = await startPrimary()
    const password = state.superuserPassword
    const ca = readFileSync(caFileOf(primary), 'utf8')
    return {
      primary: server,
      standby: await startStandby(standby, {
        primary: server,
        port: state.standbyPort,
        ca,
        password,
        signal,
      }),
    }
  }
  if (isStandby(standby)) {
    try {
      return await startBoth()
    } catch (error) {
      const hopeless = !isRunning(primary.dataDir) || signal?.aborted === true
      if (hopeless || !(error instanceof ConsoleError) || error.code !== 'SANDBOX_FAILED') throw error
    }
  }
  onProgress('Making the standby anew')
  // The primary may have crashed: it recovers, and is shut down in order.
  if (!isRunning(primary.dataDir)) await startPrimary()
  await stopCluster(primary)
  await copyToStandby(primary, standby)
  return startBoth()
}

/** On the port of the last time where that is free still: connections that people made are kept. */
const startObjects = async (
  folder: SandboxFolder,
  { folder: name, storage }: SandboxState,
): Promise<ObjectServer> => {
  const { port, ...credential } = storage
  const start = (port: number) =>
    startObjectServerThread({ folder: clustersIn(folder, name).objects, port, credentials: [credential] })
  try {
    return await start(port)
  } catch (error) {
    if (!(error instanceof ConsoleError) || error.code !== 'ALREADY_RUNNING') throw error
    return start(0)
  }
}

const run = async (folder: SandboxFolder, options: Options, release: () => void): Promise<Sandbox> => {
  const state = await findOrBuild(folder, options)
  const { primary, standby } = clustersIn(folder, state.folder)
  const callOff = watchOver([standby, primary])
  let objects: ObjectServer | undefined
  const stop = async (mode: 'fast' | 'immediate') => {
    try {
      await objects?.close()
      // The standby first: the primary would wait for it to have received everything.
      await stopCluster(standby, mode)
      await stopCluster(primary, mode)
    } finally {
      callOff()
    }
  }
  try {
    const servers = await startServers(folder, state, options)
    objects = await startObjects(folder, state)
    const running: SandboxState = {
      ...state,
      primaryPort: servers.primary.port,
      standbyPort: servers.standby.port,
      storage: { ...state.storage, port: objects.port },
    }
    if (!isDeepStrictEqual(running, state)) writeState(folder, running)
    let closed: Promise<void> | undefined
    const close = () => {
      closed ??= stop('fast').finally(release)
      return closed
    }
    return describe(folder, running, { guest: false, close })
  } catch (error) {
    await stop('immediate')
    throw error
  }
}

/**
 * Opens the sandbox of `home`: makes it where there is none, starts its servers, and stops them at `close` or when this
 * process ends, however it ends. While another console runs it, this one is its guest.
 *
 * @throws ConsoleError DISK_FULL, SANDBOX_FAILED or CANCELLED; nothing half made stays behind
 */
export const openSandbox = async (given: SandboxOptions): Promise<Sandbox> => {
  const { onProgress = () => undefined, signal } = given
  const options: Options = { ...given, onProgress }
  try {
    const folder = prepareFolder(given.home)
    for (let waited = false; ; waited = true) {
      signal?.throwIfAborted()
      const release = takeOwnership(folder.path)
      if (release !== undefined) {
        try {
          return await run(folder, options, release)
        } catch (error) {
          release()
          throw error
        }
      }
      const visited = visit(folder)
      if (visited !== undefined) return visited
      if (!waited) onProgress('Waiting for another console to prepare the sandbox')
      await wait(100, undefined, { signal })
    }
  } catch (cause) {
    if (signal?.aborted) throw cancelled('Opening the sandbox')
    throw cause instanceof ConsoleError
      ? cause
      : clusterError('open', join(given.home, 'sandbox'), cause instanceof Error ? cause.message : '', cause)
  }
}
