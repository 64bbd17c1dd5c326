import type pg from 'pg'
import { newTag } from '../../session/tag.ts'
import { type CatalogObject, keyOf, type Snapshot } from './catalog-object.ts'
import { readDependencies } from './dependencies.ts'
import type { ObjectRow } from './kind-reader.ts'
import { readers } from './readers.ts'

/**
 * All objects of the client's database that migrations can make, as they are at one moment. Few statements, whatever their
 * number; nothing is locked and nothing is written.
 * @param options.database name under which the database itself goes; a shadow goes under its target's
 */
export const readSnapshot = async (
  client: pg.ClientBase,
  options: { database?: string } = {},
): Promise<Snapshot> => {
  await client.query(`${newTag()} begin isolation level repeatable read, read only`)
  try {
    const { rows } = await client.query<{ version: number }>(
      // Names are printed with their schema, and functions are PostgreSQL's own.
      `${newTag()} select pg_catalog.current_setting('server_version_num')::int as version,
              pg_catalog.set_config('search_path', 'pg_catalog', true),
              pg_catalog.set_config('quote_all_identifiers', 'off', true)`,
    )
    const version = rows[0]?.version ?? 0
    const found: ObjectRow[] = []
    for (const reader of readers) {
      const { rows: read } = await client.query<ObjectRow>(`${newTag()} ${reader(version)}`)
      found.push(...read)
    }
    const dependencies = await readDependencies(client, found)
    const objects = new Map<string, CatalogObject>()
    for (const [index, { kind, identity, parent, attributes, definition }] of found.entries()) {
      const named = kind === 'database' ? (options.database ?? identity) : identity
      const dependsOn = dependencies[index] ?? []
      const object = { kind, identity: named, parent, attributes, definition, dependsOn }
      objects.set(keyOf(object), object)
    }
    return { version, objects }
  } finally {
    // Fails only on a connection that is gone.
    await client.query('rollback').catch(() => undefined)
  }
}
