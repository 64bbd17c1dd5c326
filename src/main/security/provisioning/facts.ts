import { ConsoleError } from '../../../shared/errors.ts'
import { ownerRole, type ProvisioningSettings } from '../../../shared/provisioning.ts'
import { type Access, readOver } from './access.ts'
import { type ClusterFacts, readClusterFacts } from './cluster-facts.ts'
import { type DatabaseFacts, emptyDatabase, readDatabaseFacts } from './database-facts.ts'
import { readServerFacts, type ServerFacts } from './server-facts.ts'
import { rolesOf } from './steps/roles.ts'

/** All that a plan is made from. */
export type Facts = {
  cluster: ClusterFacts
  server: ServerFacts
  /** Inside of the database, or in one sentence why it cannot be looked into. */
  inside: DatabaseFacts | string
  /** The database that the session is in. */
  home: string
}

const lookInside = async (
  access: Access,
  { database }: ProvisioningSettings,
  { database: entry, versionNumber }: ClusterFacts,
  statistics: DatabaseFacts['statistics'],
): Promise<Facts['inside']> => {
  if (entry === null) return emptyDatabase(versionNumber, statistics)
  if (!entry.connectable) {
    return 'This role may not connect to the database yet, and so does not know what is in it. Run provisioning again once it may.'
  }
  try {
    const opened = await access.open(database)
    try {
      return await readOver(opened, (read) => readDatabaseFacts(read, 'viruj_dba'))
    } finally {
      await opened.end()
    }
  } catch (error) {
    // A server may keep this role out of one database and not of another: the rest of the plan stands.
    if (error instanceof ConsoleError && error.code !== 'CANCELLED') return `${error.message} ${error.remedy}`
    throw error
  }
}

/** Reads all that there is. Needs no privilege; changes nothing. */
export const readFacts = async (access: Access, settings: ProvisioningSettings): Promise<Facts> => {
  const opened = await access.open(null)
  try {
    const { pid } = opened
    const seen = await readOver(opened, async (read) => ({
      cluster: await readClusterFacts(read, {
        owner: ownerRole,
        roles: rolesOf(settings),
        database: settings.database,
      }),
      server: await readServerFacts(read, { owner: ownerRole, pid }),
      here: await readDatabaseFacts(read, 'viruj_dba'),
    }))
    const { cluster, server, here } = seen
    const inside = await lookInside(access, settings, cluster, here.statistics)
    return { cluster, server, inside, home: server.database }
  } finally {
    await opened.end()
  }
}
