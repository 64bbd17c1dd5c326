import { z } from 'zod'
import { consoleErrorShape } from './errors.ts'
import { environments, hostAndPort, tlsModes } from './profiles.ts'

/** What the server itself says of this session, read again after each reconnect. */
export const serverFacts = z.object({
  host: hostAndPort,
  database: z.string(),
  /** `server_version`, for example `16.14`. */
  version: z.string(),
  /** `server_version_num`. */
  versionNumber: z.int(),
  sessionUser: z.string(),
  currentUser: z.string(),
  isSuperuser: z.boolean(),
  inRecovery: z.boolean(),
  /** `transaction_read_only` as the server reports it inside the transaction that the console reads with. */
  readOnly: z.boolean(),
  /** Null: the connection is not encrypted. */
  tls: z.object({ protocol: z.string(), cipher: z.string(), mode: z.enum(tlsModes) }).nullable(),
  /** On the loopback address or a Unix socket. */
  isLocal: z.boolean(),
  /** Another backend answers than the one that the connection began with: each transaction may get another. */
  isPooled: z.boolean(),
})
export type ServerFacts = z.infer<typeof serverFacts>

export const sessionStatuses = ['connected', 'lost', 'closed'] as const

/** Areas of the navigation that the session's role can use, asked of the server. */
export const capabilities = z.object({
  metadata: z.boolean(),
  documents: z.boolean(),
  signatures: z.boolean(),
  auditLog: z.boolean(),
  /** May become the database's owner, as whom migrations run, or create objects in it. */
  migrations: z.boolean(),
  /** May see what other sessions do, and what the server says of itself. */
  monitoring: z.boolean(),
  /** May create roles and databases. */
  provisioning: z.boolean(),
})
export type Capabilities = z.infer<typeof capabilities>

/**
 * What the session may write. `refused`: the profile is read-only, or the server is a standby. `confirm`: production, and
 * the database's name was not typed yet in this session. `allowed`: each write still needs a reason.
 */
export const writeAccess = z.enum(['refused', 'confirm', 'allowed'])
export type WriteAccess = z.infer<typeof writeAccess>

export const sessionState = z.object({
  sessionId: z.string(),
  profileId: z.string(),
  profileName: z.string(),
  environment: z.enum(environments),
  status: z.enum(sessionStatuses),
  /** The last known facts stay while the session is lost. */
  server: serverFacts,
  capabilities,
  writes: writeAccess,
  /** Why the session is `lost` or `closed`. */
  error: consoleErrorShape.nullable(),
  /** Sleep or idle time, set when the console itself closed the connections. */
  closedBecause: z.enum(['idle', 'sleep', 'user']).nullable(),
  /** `host:port` that a failover in another session pointed the profile at; this one goes there when it reconnects. Null: nowhere. */
  movedTo: z.string().nullable(),
})
export type SessionState = z.infer<typeof sessionState>

/** `password` is for a profile whose password is not saved, or cannot be read; it is never stored. */
export const sessionsOpenInput = z.object({ profileId: z.string(), password: z.string().nullable() })
/** The database's name as the person typed it. */
export const sessionsConfirmWritesInput = z.object({ database: z.string() })
export const sessionInput = z.object({ sessionId: z.string() })
