import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConsoleError } from '../../../shared/errors.ts'
import { databaseError } from '../../session/database-errors.ts'
import type { Session } from '../../session/session.ts'
import { newTag } from '../../session/tag.ts'

/** Roles that the ERP's database has from its first migration: who owns the recorded tables, who administers, who reviews. */
const roles = ['viruj_app', 'viruj_dba', 'viruj_reviewer'] as const

/** What the first of the trail's migrations takes over: the log of before. Here there is none. */
const nothingBefore = `create table public.audit_logs (
  id bigint, sysid bigint, xid xid8, ts timestamptz, tx_ts timestamptz, op text, schema_name text, table_name text, row_pk text,
  old_row jsonb, new_row jsonb, actor text, acting_role text, backend_pid integer, client_addr inet, app text, reason text
);`

const ofTheErp = /^-- begin: this ERP's tables.*?^-- end: this ERP's tables\.$/gms

/** The statements that make the trail, in their order, from the migrations in `folder` that are about it alone. */
export const initStatements = async (folder: string): Promise<string[]> => {
  const files = (await readdir(folder)).filter((name) => /^\d{4}_audit_\w+\.up\.sql$/.test(name)).sort()
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  const makeRoles = roles.map(
    (role) =>
      `do $$ begin if not exists (select from pg_catalog.pg_roles where rolname = '${role}') then create role ${role} nologin; end if; end $$;`,
  )
  return [...makeRoles, nothingBefore, ...texts.map((text) => text.replace(ofTheErp, ''))]
}

/**
 * Makes the audit trail in a database of others, in one transaction. No table is recorded by that.
 * @throws ConsoleError `CONFLICT` where there is a trail already, or something of its names
 */
export const initTrail = async (
  session: Pick<Session, 'openConnection' | 'assertMayWrite'>,
  options: { folder: string; reason: string },
  signal: AbortSignal,
): Promise<void> => {
  session.assertMayWrite()
  const statements = await initStatements(options.folder)
  const { client, context, destroy } = await session.openConnection(signal)
  const abort = () => destroy()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await client.query(`${newTag()} set search_path = pg_catalog, pg_temp`)
    const { rows } = await client.query<{ taken: string | null }>(
      `${newTag()} select coalesce('the schema ' || to_regnamespace('audit')::text, 'public.' || relname) as taken
         from (select 1) one left join pg_class on oid = to_regclass('public.audit_logs')`,
    )
    const taken = rows[0]?.taken ?? null
    if (taken !== null) throw alreadyThere(taken)
    await client.query(`${newTag()} begin`)
    await client.query(`${newTag()} set local search_path = public`)
    await client.query(`${newTag()} select pg_catalog.set_config('audit.reason', $1, true)`, [options.reason])
    for (const statement of statements) await client.query(`${newTag()} ${statement}`)
    await client.query(`${newTag()} commit`)
  } catch (error) {
    throw error instanceof ConsoleError ? error : databaseError(error, context)
  } finally {
    signal.removeEventListener('abort', abort)
    await client.end().catch(() => undefined)
  }
}

const alreadyThere = (taken: string): ConsoleError =>
  new ConsoleError(
    'CONFLICT',
    `This database has ${taken} already, and the audit trail would be made there.`,
    'Where that is the trail, "viruj-console audit status" says what is recorded. Else rename it first.',
  )
