import type { Profile, ProfileDraft } from '../../../shared/profiles.ts'

/**
 * The connection of a log-in that was just made: the same server, reached in the same way, but into the new database. Read-only, as
 * every new connection begins.
 */
export const connectionOf = (
  { name: _, ...via }: ProfileDraft | Profile,
  { name, login, database }: { name: string; login: string; database: string },
): ProfileDraft => ({
  name,
  environment: via.environment,
  hosts: via.hosts,
  targetSessionAttrs: via.targetSessionAttrs,
  database,
  user: login,
  tlsMode: via.tlsMode,
  caFile: via.caFile,
  allowWeakAuthentication: false,
  role: null,
  readOnly: true,
  statementTimeout: via.statementTimeout,
  connectTimeout: via.connectTimeout,
  idleDisconnect: via.idleDisconnect,
  migrationsFolder: null,
  storage: null,
  thresholds: {},
})
