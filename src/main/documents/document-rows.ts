import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { z } from 'zod'
import type { DocumentState, duplicateDocument } from '../../shared/documents.ts'
import { ConsoleError } from '../../shared/errors.ts'
import type { Database } from '../session/database.ts'
import type { Writer } from '../session/writer.ts'
import { extensionOf } from './content-type.ts'

/** A document whose bytes are on their way, or were. */
export type DocumentRow = {
  id: string
  filename: string
  plant: string
  bytes: string
  sha256: string
  key: string
  bucket: string | null
  state: DocumentState
  contentType: string
  version: string | null
  uploadId: string | null
}

const columns = sql`id::text, filename, plant, bytes::text, sha256, s3_key as key, s3_bucket as bucket, state,
  content_type as "contentType", s3_version as version, upload_id as "uploadId"`

/** Plant, year, month and a name that nobody can guess: an object's key tells nothing of what is in it. */
const newKey = (prefix: string, plant: string, contentType: string): string => {
  const month = new Date().toISOString().slice(0, 7).replace('-', '/')
  return `${prefix}${plant.toLowerCase()}/${month}/${randomUUID()}${extensionOf(contentType)}`
}

/** Statements on `public.documents`. What writes takes the reason that the trail keeps, and changes one row or fails. */
export const createDocumentRows = (database: Database, writer: Writer) => {
  const change = (
    what: string,
    id: string,
    set: ReturnType<typeof sql>,
    { reason, from }: { reason: string; from: readonly DocumentState[] },
    signal: AbortSignal,
  ): Promise<void> =>
    writer.write(reason, signal, async ({ query }) => {
      const changed = await query(
        sql`update public.documents set ${set} where id = ${id} and state = any(${from}) returning id`,
      )
      if (changed.length === 1) return
      throw new ConsoleError(
        'CONFLICT',
        `Document ${id} cannot be ${what}: somebody else changed it, or this role may not.`,
        'Reload the list to see how it stands now.',
      )
    })

  return {
    async find(id: string, signal: AbortSignal): Promise<DocumentRow> {
      const [row] = await database.query(
        sql<DocumentRow>`select ${columns} from public.documents where id = ${id}`,
        { signal },
      )
      if (row !== undefined) return row
      throw new ConsoleError(
        'NOT_FOUND',
        `There is no document ${id}, or this role may not see it.`,
        'Reload the list.',
      )
    },

    /** The oldest ten with the same content. */
    withContent: (sha256: string, signal: AbortSignal) =>
      database.query(
        sql<z.infer<typeof duplicateDocument>>`select id::text, filename, plant, state from public.documents
            where sha256 = ${sha256} and state <> 'abandoned' order by documents.id limit 10`,
        { signal },
      ),

    insert: (
      document: {
        filename: string
        plant: string
        site: string | null
        bytes: number
        sha256: string
        contentType: string
        bucket: string
        prefix: string
      },
      reason: string,
      signal: AbortSignal,
    ): Promise<DocumentRow> =>
      writer.write(reason, signal, async ({ query }) => {
        const { filename, plant, site, bytes, sha256, contentType, bucket, prefix } = document
        const [row] = await query(
          sql<DocumentRow>`insert into public.documents (filename, plant, site, bytes, sha256, content_type, s3_bucket, s3_key)
            values (${filename}, ${plant}, ${site}, ${bytes}, ${sha256}, ${contentType}, ${bucket}, ${newKey(prefix, plant, contentType)})
            returning ${columns}`,
        )
        if (row === undefined) throw new Error('an insert returns its row')
        return row
      }),

    setUploadId: (id: string, uploadId: string | null, reason: string, signal: AbortSignal): Promise<void> =>
      change('continued', id, sql`upload_id = ${uploadId}`, { reason, from: ['pending'] }, signal),

    stored: (id: string, version: string | null, reason: string, signal: AbortSignal): Promise<void> =>
      change(
        'stored',
        id,
        sql`state = 'stored', stored_at = now(), s3_version = ${version}, upload_id = null`,
        { reason, from: ['pending'] },
        signal,
      ),

    abandoned: (id: string, reason: string, signal: AbortSignal): Promise<void> =>
      change(
        'given up',
        id,
        sql`state = 'abandoned', upload_id = null`,
        { reason, from: ['pending'] },
        signal,
      ),

    /** Only where nobody has touched it for an hour: its upload may be under way elsewhere. */
    givenUp: (id: string, reason: string, signal: AbortSignal): Promise<void> =>
      writer.write(reason, signal, async ({ query }) => {
        const changed = await query(
          sql`update public.documents set state = 'abandoned', upload_id = null
               where id = ${id} and state = 'pending' and updated_at < now() - interval '1 hour' returning id`,
        )
        if (changed.length === 1) return
        throw new ConsoleError(
          'CONFLICT',
          `Document ${id} cannot be given up: it is no longer pending, somebody touched it within an hour, or this role may not.`,
          'Compare again to see how it stands now.',
        )
      }),

    /** All of them, or none. */
    quarantined: (ids: readonly string[], reason: string, signal: AbortSignal): Promise<void> =>
      writer.write(reason, signal, async ({ query }) => {
        const changed = await query(
          sql`update public.documents set state = 'quarantined' where id = any(${ids}::bigint[]) and state = 'stored' returning id`,
        )
        if (changed.length === new Set(ids).size) return
        throw new ConsoleError(
          'CONFLICT',
          `Of ${ids.length} documents ${changed.length} can be quarantined: the others are no longer stored, or this role may not. Nothing was changed.`,
          'Compare again to see how they stand now.',
        )
      }),

    released: (id: string, reason: string, signal: AbortSignal): Promise<void> =>
      change('released', id, sql`state = 'stored'`, { reason, from: ['quarantined'] }, signal),

    versionNamed: (id: string, version: string | null, reason: string, signal: AbortSignal): Promise<void> =>
      change(
        'given another version',
        id,
        sql`s3_version = ${version}`,
        { reason, from: ['stored', 'retired', 'quarantined'] },
        signal,
      ),

    /** A document for an object that had none. Returns its id. */
    adopted: (
      document: {
        filename: string
        plant: string
        bytes: number
        sha256: string
        contentType: string
        bucket: string
        key: string
        version: string | null
      },
      reason: string,
      signal: AbortSignal,
    ): Promise<string> =>
      writer.write(reason, signal, async ({ query }) => {
        const { filename, plant, bytes, sha256, contentType, bucket, key, version } = document
        const [row] = await query(
          sql<{ id: string }>`
            insert into public.documents
              (filename, plant, bytes, sha256, content_type, s3_bucket, s3_key, s3_version, state, stored_at)
            values (${filename}, ${plant}, ${bytes}, ${sha256}, ${contentType}, ${bucket}, ${key}, ${version}, 'stored', now())
            returning id::text`,
        )
        if (row === undefined) throw new Error('an insert returns its row')
        return row.id
      }),

    /** Leaves an event of an upload that no document knows. */
    uploadAborted: (
      { key, uploadId }: { key: string; uploadId: string },
      reason: string,
      signal: AbortSignal,
    ): Promise<void> =>
      writer.write(reason, signal, async ({ query }) => {
        await query(sql`select audit.record_upload_abort(${key}, ${uploadId}, ${reason})`)
      }),

    retired: (id: string, reason: string, signal: AbortSignal): Promise<void> =>
      change(
        'retired',
        id,
        sql`state = 'retired', retired_at = now()`,
        { reason, from: ['stored', 'quarantined'] },
        signal,
      ),

    /** Also where it is so already: the reason is kept, and whether this role may is found out. */
    held: (id: string, on: boolean, reason: string, signal: AbortSignal): Promise<void> =>
      change(
        on ? 'held' : 'released',
        id,
        sql`legal_hold = ${on}`,
        { reason, from: ['stored', 'quarantined'] },
        signal,
      ),

    /** Leaves an event in the trail of the document. */
    accessed: (
      id: string,
      access: { what: 'document link' | 'document download'; scope: Record<string, unknown> },
      reason: string,
      signal: AbortSignal,
    ): Promise<void> =>
      writer.write(reason, signal, async ({ query }) => {
        await query(
          sql`select audit.record_document_access(${id}, ${access.what}, ${JSON.stringify(access.scope)}, ${reason})`,
        )
      }),
  }
}

export type DocumentRows = ReturnType<typeof createDocumentRows>
