import type { Connection } from '../session/connect.ts'
import { compile } from '../session/kysely.ts'
import type { Session } from '../session/session.ts'
import { newTag } from '../session/tag.ts'
import type { Writing } from '../session/writer.ts'

/**
 * Runs `work` as the profile's role in a transaction of a connection of its own, which the signal ends. A promotion inside it is
 * nothing that a transaction could take back.
 */
export const withRole = async <Value>(
  { client, destroy }: Pick<Connection, 'client' | 'destroy'>,
  { profile }: Pick<Session, 'profile'>,
  { signal, reason = null }: { signal: AbortSignal; reason?: string | null },
  work: (query: Writing['query']) => Promise<Value>,
): Promise<Value> => {
  const abort = () => destroy()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await client.query(`${newTag()} begin`)
    await client.query(
      `${newTag()} select pg_catalog.set_config(name, value, true) from (values
         ('search_path', 'pg_catalog, pg_temp'), ('role', $1), ('audit.reason', $2)) as pinned (name, value) where value is not null`,
      [profile.role, reason],
    )
    const value = await work(async (asked) => {
      const { sql: text, parameters } = compile(asked)
      return (await client.query(`${newTag()} ${text}`, [...parameters])).rows
    })
    await client.query(`${newTag()} commit`)
    return value
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
