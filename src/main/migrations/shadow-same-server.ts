import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { Connection } from '../session/connect.ts'
import { databaseError } from '../session/database-errors.ts'
import type { Session } from '../session/session.ts'
import { newTag } from '../session/tag.ts'
import { become } from './acting-role.ts'
import { createShadowDatabase, enterShadow } from './shadow-database.ts'
import type { ShadowTarget } from './shadow-target.ts'
import { ShadowUnfit } from './shadow-unfit.ts'

type Opener = Pick<Session, 'openConnection'>
type Place = { opener: Opener; target: ShadowTarget & { creator: string }; log: (line: string) => void }

/**
 * Names say whose they are, so that there is no moment at which a shadow exists and nobody knows its owner: the backend that
 * creates it, and when that began, since process ids are used again.
 */
const shadowName = /^viruj_shadow_(\d+)_(\d+)_[0-9a-f]+$/

const newName = async (creator: pg.ClientBase): Promise<string> => {
  const { rows } = await creator.query<{ backend: string }>(
    `${newTag()} select pg_catalog.format('%s_%s', pid, pg_catalog.round(extract(epoch from backend_start) * 1000000)) as "backend"
       from pg_catalog.pg_stat_activity where pid = pg_catalog.pg_backend_pid()`,
  )
  return `viruj_shadow_${rows[0]?.backend}_${randomBytes(4).toString('hex')}`
}

const drop = async (creator: pg.ClientBase, name: string): Promise<void> => {
  await creator.query(`${newTag()} drop database if exists ${pg.escapeIdentifier(name)} with (force)`)
}

/** Drops the shadows whose creators are gone: killed consoles, lost connections. */
const dropAbandoned = async (creator: pg.ClientBase, log: (line: string) => void): Promise<void> => {
  const { rows } = await creator.query<{ name: string }>(
    `${newTag()} select d.datname::text as "name"
       from pg_catalog.pg_database as d
      cross join lateral pg_catalog.regexp_match(d.datname::text, $1) as m
      where m is not null
        and pg_catalog.pg_has_role(d.datdba, 'USAGE')
        and not exists (select from pg_catalog.pg_stat_activity as a
                         where a.pid = m[1]::int
                           -- Of other roles' backends only the process id is shown: such a shadow is left alone.
                           and (a.backend_start is null
                                or pg_catalog.round(extract(epoch from a.backend_start) * 1000000) = m[2]::numeric))`,
    [shadowName.source],
  )
  for (const { name } of rows) {
    try {
      await drop(creator, name)
      log(`Dropped ${name}, which an earlier check left behind.`)
    } catch (error) {
      // Another check may be dropping it at this very moment. What stays is tried again by the next one.
      log(`Could not drop ${name}, which an earlier check left behind: ${said(error)}.`)
    }
  }
}

const said = (error: unknown): string => (error instanceof Error ? error.message : 'no reason was given')

/** Drops it also when the connection that created it is gone. */
const dropSurely = async ({ opener, target, log }: Place, admin: Connection, name: string): Promise<void> => {
  try {
    await drop(admin.client, name)
  } catch {
    try {
      const { client } = await opener.openConnection(new AbortController().signal)
      try {
        await become(client, target.creator)
        await drop(client, name)
      } finally {
        await client.end()
      }
    } catch (error) {
      log(`Could not drop the shadow ${name}: ${said(error)}. The next check drops it.`)
    }
  }
}

/** Lends a new database on the session's server. Fails with `ShadowUnfit` when there can be none. */
export const withSameServerShadow = async <Value>(
  place: Place,
  signal: AbortSignal,
  use: (shadow: pg.Client) => Promise<Value>,
): Promise<Value> => {
  const { opener, target, log } = place
  const admin = await opener.openConnection(signal)
  try {
    await become(admin.client, target.creator)
    await dropAbandoned(admin.client, log)
    const name = await newName(admin.client)
    try {
      const shadow = await enter(place, admin, name, signal)
      const abort = () => shadow.destroy()
      signal.addEventListener('abort', abort)
      try {
        return await use(shadow.client)
      } finally {
        signal.removeEventListener('abort', abort)
        await shadow.client.end().catch(() => undefined)
      }
    } finally {
      await dropSurely(place, admin, name)
    }
  } finally {
    await admin.client.end().catch(() => undefined)
  }
}

const enter = async (
  { opener, target }: Place,
  admin: Connection,
  name: string,
  signal: AbortSignal,
): Promise<Connection> => {
  try {
    await createShadowDatabase(admin.client, name, target)
    const shadow = await opener.openConnection(signal, name)
    await enterShadow(shadow.client, target.role)
    return shadow
  } catch (error) {
    signal.throwIfAborted()
    // Such as a disk that is full, or a pg_hba.conf or pooler that knows certain databases only.
    const { message } = databaseError(error, admin.context)
    throw new ShadowUnfit('place', `A temporary database on the same server cannot be used. ${message}`)
  }
}
