import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type Binaries, embeddedBinaries, sharedFolder } from '../cluster/binaries.ts'
import { type Cluster, stopCluster } from '../cluster/cluster.ts'
import { canEnter, type SystemUser, serverUser } from '../cluster/system-user.ts'

const personaNames = ['dba', 'reviewer', 'operator'] as const

/** One of the three people a sandbox has: a log-in role and its password. */
const persona = z.object({ name: z.enum(personaNames), user: z.string(), password: z.string() })
export type Persona = z.infer<typeof persona>

const state = z.object({
  /** Of the schema and the seed. Another one means that the clusters are made anew. */
  fingerprint: z.string(),
  scale: z.number(),
  /** The folder of the two clusters. */
  folder: z.string(),
  primaryPort: z.int(),
  standbyPort: z.int(),
  superuserPassword: z.string(),
  personas: z.array(persona),
  /** Of the object server. */
  storage: z.object({ port: z.int(), accessKeyId: z.string(), secretAccessKey: z.string() }),
})
/** What is known of a finished sandbox. Holds passwords and a secret key: it is written for its owner's eyes only. */
export type SandboxState = z.infer<typeof state>

export interface SandboxFolder {
  /** `<home>/sandbox`: the lock and the state. */
  readonly path: string
  /** Where the clusters are: below `path`, unless the servers' account cannot go there. */
  readonly servers: string
  readonly user: SystemUser | undefined
  readonly binaries: Binaries
}

/** The two clusters of one folder below `servers`, and the folder of the objects. */
export const clustersIn = (
  folder: SandboxFolder,
  name: string,
): { primary: Cluster; standby: Cluster; objects: string } => {
  const { user, binaries } = folder
  const cluster = (role: string): Cluster => ({ user, binaries, dataDir: join(folder.servers, name, role) })
  return {
    primary: cluster('primary'),
    standby: cluster('standby'),
    objects: join(folder.servers, name, 'objects'),
  }
}

/** Creates `<home>/sandbox` where it is missing. */
export const prepareFolder = (home: string): SandboxFolder => {
  const path = join(home, 'sandbox')
  const user = serverUser()
  // For root the servers run as another account, which has to pass through.
  const mode = user === undefined ? 0o700 : 0o711
  mkdirSync(path, { recursive: true })
  chmodSync(path, mode)
  const servers =
    user === undefined || canEnter(user, path)
      ? join(path, 'servers')
      : join(sharedFolder, `sandbox-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`)
  mkdirSync(servers, { recursive: true })
  chmodSync(servers, mode)
  return { path, servers, user, binaries: embeddedBinaries(user) }
}

export const stateFile = (folder: SandboxFolder): string => join(folder.path, 'sandbox.json')

/** `undefined`: there is no finished sandbox. */
export const readState = (folder: SandboxFolder): SandboxState | undefined => {
  try {
    return state.parse(JSON.parse(readFileSync(stateFile(folder), 'utf8')))
  } catch {
    // Missing, or from another version of the console.
    return undefined
  }
}

/** Replaces the state at once or not at all. */
export const writeState = (folder: SandboxFolder, value: SandboxState): void => {
  const unfinished = `${stateFile(folder)}.new`
  try {
    writeFileSync(unfinished, JSON.stringify(value, null, 2), { mode: 0o600 })
    renameSync(unfinished, stateFile(folder))
  } finally {
    rmSync(unfinished, { force: true })
  }
}

/** Removes the clusters of every folder but `kept`, and stops what still runs there. */
export const discardOthers = async (folder: SandboxFolder, kept?: string): Promise<void> => {
  for (const name of readdirSync(folder.servers)) {
    if (name === kept) continue
    const { primary, standby } = clustersIn(folder, name)
    for (const cluster of [standby, primary]) await stopCluster(cluster, 'immediate')
    // An initdb that outlived its console may be writing still.
    await rm(join(folder.servers, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}
