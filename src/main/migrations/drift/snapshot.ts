import type pg from 'pg'
import { newTag } from '../../session/tag.ts'
import { type CatalogObject, keyOf, type Snapshot } from './catalog-object.ts'
import { readDependencies } from './dependencies.ts'
import type { ObjectRow } from './kind-reader.ts'
import { readers } from './readers.ts'

/**
 * What decides how the server prints names, expressions and values, whatever role and database say; names
 * are printed with their schema, and functions are PostgreSQL's own.
 */
const pinSql = `
  select pg_catalog.set_config(name, value, true)
    from (values ('search_path',           'pg_catalog'),
                 ('quote_all_identifiers', 'off'),
                 ('DateStyle',             'ISO, MDY'),
                 ('IntervalStyle',         'postgres'),
                 ('TimeZone',              'UTC'),
                 ('bytea_output',          'hex'),
                 ('extra_float_digits',    '1'),
                 ('xmlbinary',             'base64'),
                 ('lc_monetary',           'C'),
                 -- Compiling such statements takes far longer than running them.
                 ('jit',                   'off')) as pinned (name, value)`

/**
 * As `readSnapshot`, inside the client's open transaction, whose settings it leaves pinned. At one moment only when that is
 * REPEATABLE READ.
 */
export const readSnapshotWithin = async (
  client: pg.ClientBase,
  options: { database?: string } = {},
): Promise<Snapshot> => {
  await client.query(`${newTag()} ${pinSql}`)
  const { rows } = await client.query<{ version: number }>(
    `${newTag()} select current_setting('server_version_num')::int as version`,
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
}

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
    return await readSnapshotWithin(client, options)
  } finally {
    // Fails only on a connection that is gone.
    await client.query('rollback').catch(() => undefined)
  }
}
