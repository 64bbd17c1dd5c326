import type pg from 'pg'
import { applyMigrations } from '../migrations/apply.ts'
import { directorySum, readMigrationFiles } from '../migrations/files.ts'
import { erpMigrationsFolder } from '../migrations/folder.ts'

/** Changes when any migration does. */
export const schemaFingerprint = async (): Promise<string> => {
  const files = await readMigrationFiles(erpMigrationsFolder())
  return directorySum(files.map(({ name, up }) => ({ name, checksum: up.checksum })))
}

/** The last migration before the audit trail records: what is made up until then comes into the trail as a snapshot. */
export const beforeAudit = '0004'

/**
 * Runs the migrations as a person would, on the server that is being made: as the owner, beside a history. Afterwards the client
 * is its superuser again.
 * @param to the version to stop at; null: all
 */
export const migrate = async (client: pg.Client, to: string | null = null): Promise<void> => {
  const context = {
    host: { host: client.host, port: client.port },
    database: client.database ?? '',
    user: client.user ?? '',
    role: null,
  }
  await applyMigrations(
    // Nobody else is on this server, and who ends it ends the statement, too.
    {
      client,
      context,
      cancel: async () => undefined,
      holders: async () => [],
      destroy: () => undefined,
    },
    await readMigrationFiles(erpMigrationsFolder()),
    {
      direction: 'up',
      to,
      reason: 'Sample data',
      lockTimeout: 3000,
      lockRetries: 0,
      unclear: null,
      approval: null,
    },
    { signal: new AbortController().signal, report: () => undefined, log: () => undefined },
  )
  await client.query('reset role; reset all')
}

/**
 * Runs migrations on a scratch database, each in a transaction of its own, without any history.
 * @param range versions: `after` this one, up `to` that one, which counts; all when they are left out
 */
export const applySchema = async (
  client: pg.ClientBase,
  direction: 'up' | 'down' = 'up',
  { after = '', to = '9999' }: { after?: string; to?: string } = {},
): Promise<void> => {
  const files = (await readMigrationFiles(erpMigrationsFolder())).filter(
    ({ version }) => version > after && version <= to,
  )
  if (direction === 'down') files.reverse()
  for (const file of files) {
    // One message with several statements is one transaction, also without begin and commit.
    await client.query((direction === 'up' ? file.up : file.down)?.sql ?? '')
  }
}
