import { randomUUID } from 'node:crypto'
import { CreateMultipartUploadCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { ReconcileDepth } from '../../src/shared/reconcile.ts'
import { createDocumentDatabase, openUploads, storageAt } from './documents.ts'
import { openObjectServer } from './object-server.ts'
import { createRole } from './postgres.ts'
import { noAbort } from './session.ts'
import { sha256Of, textFile } from './upload-page.ts'

const Bucket = 'documents'

/** Documents with their bucket, a DBA who sees all of them, and ways to make both differ. */
export const openDocumentBucket = async () => {
  const on = await createDocumentDatabase()
  const server = await openObjectServer()
  const dba = await createRole({ as: 'in role viruj_dba' })
  const { owner } = on

  /** At work below a prefix of their own. */
  const open = async (role = dba, prefix = `${randomUUID()}/`) => {
    const console = await openUploads(
      { database: on.database, operator: role },
      storageAt(server.url, { prefix }),
    )
    return {
      ...console,
      prefix,
      async store(text: string) {
        const { documentId, error } = await console.upload(textFile(`${text}.txt`, text))
        const { rows } = await owner.query('select * from documents where id = $1', [documentId])
        if (rows[0] === undefined) throw new Error(error?.message)
        return rows[0]
      },
      compare: (depth: ReconcileDepth = 'listing', stuckHours = 24) =>
        console.documents.compare({ depth, stuckHours }, { signal: noAbort(), report: () => undefined }),
    }
  }

  return {
    ...on,
    server,
    dba,
    open,
    put: (Key: string, Body: string, sha256?: string) =>
      server.client.send(
        new PutObjectCommand({
          Bucket,
          Key,
          Body,
          ...(sha256 !== undefined && { ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64') }),
        }),
      ),
    remove: (Key: string, VersionId?: string) =>
      server.client.send(new DeleteObjectCommand({ Bucket, Key, VersionId })),
    /** Begins an upload in parts. */
    async begin(Key: string): Promise<string> {
      const { UploadId } = await server.client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
      return UploadId ?? ''
    },
    /** A row of any kind, as other programs write them. */
    async insert(row: Record<string, unknown>) {
      const all = {
        filename: 'a.txt',
        plant: 'HYD-1',
        bytes: 5,
        sha256: sha256Of(textFile('', 'bytes')),
        uploaded_as: 'test',
        ...row,
      }
      const { rows } = await owner.query(
        `insert into documents (${Object.keys(all).join(', ')}) values (${Object.keys(all).map((_, n) => `$${n + 1}`)}) returning *`,
        Object.values(all),
      )
      return rows[0]
    },
    async rowOf(id: string) {
      return (await owner.query('select * from documents where id = $1', [id])).rows[0]
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await on[Symbol.asyncDispose]()
      await dba.drop()
    },
  }
}

export type DocumentConsole = Awaited<ReturnType<Awaited<ReturnType<typeof openDocumentBucket>>['open']>>
