import { sql } from 'kysely'
import { decodeCopyRow, indexRows } from '../../../shared/copy-text.ts'
import type { DocumentState } from '../../../shared/documents.ts'
import type { Database } from '../../session/database.ts'

/** What of a document's row is held against its object. */
export type ComparedRow = {
  id: string
  key: string
  /** Null: its bucket keeps no versions, or it was stored before it did. */
  version: string | null
  bytes: number
  state: DocumentState
  /** Pending, and untouched for as many hours as it takes. */
  isStuck: boolean
}

/** Which rows speak of this bucket and prefix. */
export type Scope = { bucket: string; prefix: string; stuckHours: number }

const settings = ({ bucket, prefix, stuckHours }: Scope) => ({
  'viruj_reconcile.bucket': bucket,
  'viruj_reconcile.prefix': prefix,
  'viruj_reconcile.hours': String(stuckHours),
})

/** Rows of the scope in the order of their keys' bytes, as one result of the server, which holds and sorts it: memory holds a chunk. */
export async function* rowsInOrder(
  database: Database,
  scope: Scope,
  signal: AbortSignal,
): AsyncGenerator<ComparedRow, void, void> {
  const chunks = database.copyOut(
    sql`
      select id, s3_key, s3_version, bytes, state,
             state = 'pending' and updated_at < now() - make_interval(hours => current_setting('viruj_reconcile.hours')::integer)
        from public.documents
       where coalesce(s3_bucket, current_setting('viruj_reconcile.bucket')) = current_setting('viruj_reconcile.bucket')
         and starts_with(s3_key, current_setting('viruj_reconcile.prefix'))
       order by s3_key collate "C"`,
    { signal, settings: settings(scope) },
  )
  for await (const chunk of chunks) {
    const starts = indexRows(chunk)
    for (let row = 0; row + 1 < starts.length; row++) {
      const [id, key, version, bytes, state, isStuck] = decodeCopyRow(
        chunk,
        starts[row] ?? 0,
        starts[row + 1] ?? 0,
      )
      yield {
        id: id ?? '',
        key: key ?? '',
        version: version ?? null,
        bytes: Number(bytes),
        state: state as DocumentState,
        isStuck: isStuck === 't',
      }
    }
  }
}

/** A row as it is now, with what a report says of it. */
export type RowNow = ComparedRow & {
  filename: string
  plant: string
  sha256: string
  uploadId: string | null
  touched: string
}

/** The rows of these keys as they are now. */
export const rowsNow = async (
  database: Database,
  keys: readonly string[],
  stuckHours: number,
  signal: AbortSignal,
): Promise<Map<string, RowNow>> => {
  const rows = await database.query(
    sql<Omit<RowNow, 'bytes'> & { bytes: string }>`
      select id::text, s3_key as key, s3_version as version, bytes::text, state, filename, plant, sha256, upload_id as "uploadId",
             state = 'pending' and updated_at < now() - make_interval(hours => ${stuckHours}::integer) as "isStuck",
             to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as touched
        from public.documents where s3_key = any(${keys}::text[])`,
    { signal },
  )
  return new Map(rows.map((row) => [row.key, { ...row, bytes: Number(row.bytes) }]))
}

/**
 * Whether no policy keeps rows from this role. Where one does, an object may be that of a document which it does not see, and nobody can
 * tell here.
 */
export const seesAllRows = async (database: Database, signal: AbortSignal): Promise<boolean> => {
  const [found] = await database.query(
    sql<{ seesAll: boolean }>`
      with policy as (
        select polpermissive as permits, pg_get_expr(polqual, polrelid) = 'true' as everything
          from pg_policy
         where polrelid = 'public.documents'::regclass and polcmd in ('*', 'r')
           and exists (select from unnest(polroles) as of (role) where of.role = 0 or pg_has_role(of.role, 'usage')))
      select not row_security_active('public.documents'::regclass)
             or (coalesce(bool_or(everything) filter (where permits), false)
                 and coalesce(bool_and(everything) filter (where not permits), true)) as "seesAll"
        from policy`,
    { signal },
  )
  return found?.seesAll === true
}

/** Rows of the scope, and those that lie in another bucket or beside the prefix. */
export const countRows = async (
  database: Database,
  { bucket, prefix }: Scope,
  signal: AbortSignal,
): Promise<{ total: number; elsewhere: number }> => {
  const [found] = await database.query(
    sql<{ total: number; elsewhere: number }>`
      select (count(*) filter (where here))::integer as total, (count(*) filter (where not here))::integer as elsewhere
        from (select coalesce(s3_bucket, ${bucket}) = ${bucket} and starts_with(s3_key, ${prefix}) as here
                from public.documents) as documents`,
    { signal },
  )
  if (found === undefined) throw new Error('a count has a row')
  return found
}
