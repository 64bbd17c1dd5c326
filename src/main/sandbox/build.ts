import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, statfsSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeSeal } from '../audit/trail/make-seal.ts'
import { createAuthority, issueCertificate } from '../cluster/certificates.ts'
import { initCluster, type RunningServer, readLog, startCluster, stopCluster } from '../cluster/cluster.ts'
import { clusterError, diskFullError } from '../cluster/cluster-error.ts'
import { giveTo } from '../cluster/system-user.ts'
import { watchOver } from '../cluster/watchdog.ts'
import { randomPassword } from '../session/scram.ts'
import { connectAsSuperuser, superuser } from './connect.ts'
import { fillBucket } from './objects.ts'
import { createPersonas, createReplicator } from './personas.ts'
import { provisionSandbox } from './provision.ts'
import {
  clustersIn,
  type Persona,
  type SandboxFolder,
  type SandboxState,
  writeState,
} from './sandbox-folder.ts'
import { beforeAudit, migrate } from './schema.ts'
import { seed } from './seed.ts'
import { seedChanges } from './seed-changes.ts'
import { readSampleFacts } from './seed-documents.ts'
import { caFileOf, configurePrimary, replicationPasswordFile, replicator } from './settings.ts'
import { copyToStandby } from './standby.ts'

const fill = async (
  server: RunningServer,
  objects: string,
  secrets: { ca: string; password: string; replicationPassword: string },
  options: { scale: number; onProgress: (step: string) => void; signal: AbortSignal | undefined },
): Promise<Persona[]> => {
  const { port } = server
  const { ca, password } = secrets
  const maintenance = await connectAsSuperuser({ port, ca, password, database: 'postgres' })
  try {
    await createReplicator(maintenance, secrets.replicationPassword)
  } finally {
    await maintenance.end()
  }
  options.onProgress('Creating the schema')
  await provisionSandbox({ port, ca, password }, options.signal)
  const client = await connectAsSuperuser({ port, ca, password })
  try {
    await migrate(client, beforeAudit)
    const personas = await createPersonas(client)
    options.onProgress('Filling in sample data')
    await seed(client, { scale: options.scale })
    options.onProgress('Beginning the audit trail')
    await migrate(client)
    // Before anybody corrected one: the documents are as they were uploaded.
    const facts = await readSampleFacts(client)
    await seedChanges(client)
    await fillBucket(objects, { client, facts, signal: options.signal })
    // A person who looks around sees a trail that can be verified.
    await makeSeal(client)
    // Its making is nothing to look at: figures begin with the first visitor.
    await client.query('analyze')
    await client.query('select ops.pg_stat_statements_reset()')
    return personas
  } finally {
    await client.end()
  }
}

const megabyte = 1024 * 1024

const requireSpace = (folder: SandboxFolder, scale: number): void => {
  const { bavail, bsize } = statfsSync(folder.servers)
  // Measured at scale 1: 305 MB for both, of which about 160 MB are the sample data and its WAL, twice, and 45 MB of documents.
  const needed = Math.ceil(200 + 250 * scale)
  if (bavail * bsize < needed * megabyte) {
    throw diskFullError('create its servers', folder.servers, `${needed} MB`)
  }
}

/**
 * Makes both servers in a new folder, stopped, with the schema, the people and the sample data. The sandbox exists once
 * its state is written, which comes last; whatever fails before leaves nothing behind.
 */
export const buildSandbox = async (
  folder: SandboxFolder,
  options: {
    fingerprint: string
    scale: number
    onProgress: (step: string) => void
    signal?: AbortSignal | undefined
  },
): Promise<SandboxState> => {
  const { fingerprint, scale, onProgress, signal } = options
  requireSpace(folder, scale)
  // A name of its own each time: an initdb that outlived its console cannot write into a later cluster.
  const name = randomBytes(6).toString('hex')
  const path = join(folder.servers, name)
  const { primary, standby, objects } = clustersIn(folder, name)
  const callOff = watchOver([primary])
  let server: RunningServer | undefined
  // Ends the statement that runs, however long.
  const abort = () => {
    if (server !== undefined) process.kill(server.pid, 'SIGQUIT')
  }
  signal?.addEventListener('abort', abort)
  try {
    onProgress('Creating the servers')
    mkdirSync(path)
    chmodSync(path, folder.user === undefined ? 0o700 : 0o711)
    const authority = createAuthority('Viruj Console sandbox')
    writeFileSync(caFileOf(primary), authority.certificate)
    const replicationPassword = randomPassword()
    writeFileSync(replicationPasswordFile(primary), `*:*:*:${replicator}:${replicationPassword}\n`, {
      mode: 0o600,
    })
    giveTo(folder.user, replicationPasswordFile(primary))
    const password = randomPassword()
    await initCluster(primary, { superuser, password, signal })
    configurePrimary(primary, issueCertificate(authority, ['localhost', '127.0.0.1']))
    server = await startCluster(primary, { signal })
    signal?.throwIfAborted()
    const secrets = { ca: authority.certificate, password, replicationPassword }
    const personas = await fill(server, objects, secrets, { scale, onProgress, signal })
    await stopCluster(primary)
    onProgress('Making the standby')
    await copyToStandby(primary, standby)
    const state: SandboxState = {
      fingerprint,
      scale,
      folder: name,
      primaryPort: server.port,
      standbyPort: 0,
      superuserPassword: password,
      personas,
      storage: { port: 0, accessKeyId: 'SANDBOX', secretAccessKey: randomPassword() },
    }
    signal?.throwIfAborted()
    writeState(folder, state)
    return state
  } catch (cause) {
    await stopCluster(primary, 'immediate')
    const said = `${readLog(primary)}\n${cause instanceof Error ? cause.message : ''}`
    await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    throw clusterError('create its servers', folder.servers, said, cause)
  } finally {
    signal?.removeEventListener('abort', abort)
    callOff()
  }
}
