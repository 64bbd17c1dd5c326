import type pg from 'pg'
import { newTag } from '../../session/tag.ts'

/** Reads the trail in one snapshot, and writes nothing. */
export const inSnapshot = async <Value>(
  client: pg.ClientBase,
  work: () => Promise<Value>,
): Promise<Value> => {
  await client.query(`${newTag()} begin isolation level repeatable read read only`)
  try {
    await client.query(`${newTag()} set local search_path = pg_catalog, pg_temp; set local jit = off`)
    return await work()
  } finally {
    await client.query(`${newTag()} rollback`).catch(() => undefined)
  }
}
