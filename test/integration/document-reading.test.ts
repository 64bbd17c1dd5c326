import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  DeleteObjectCommand,
  GetObjectLegalHoldCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { S3Error } from '../../src/main/object-server/s3-error.ts'
import { createDocumentDatabase, openUploads, storageAt } from '../support/documents.ts'
import { openObjectServer, type TestObjectServer } from '../support/object-server.ts'
import { createRole, type TestRole } from '../support/postgres.ts'
import { noAbort } from '../support/session.ts'
import { largeFile, sha256Of, type TestFile, textFile } from '../support/upload-page.ts'

describe('a stored document', () => {
  let on: Awaited<ReturnType<typeof createDocumentDatabase>>
  let server: TestObjectServer
  let reviewer: TestRole

  beforeAll(async () => {
    on = await createDocumentDatabase()
    server = await openObjectServer()
    reviewer = await createRole({ as: 'in role viruj_reviewer' })
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await on[Symbol.asyncDispose]()
    await reviewer.drop()
  })

  type Console = Awaited<ReturnType<typeof openUploads>>
  const open = () => openUploads(on, storageAt(server.url))
  const openAsReviewer = () =>
    openUploads({ database: on.database, operator: reviewer }, storageAt(server.url))

  const store = async (console: Console, file: TestFile): Promise<string> => {
    const { documentId, error } = await console.upload(file)
    if (documentId === null) throw new Error(error?.message)
    return documentId
  }
  const rowOf = async (id: string) =>
    (await on.owner.query('select * from documents where id = $1', [id])).rows[0]
  const trailOf = async (id: string) =>
    (
      await on.owner.query(
        `select op, actor, reason, new_row from audit.event where table_name = 'documents' and row_pk = $1
            and op = 'ACCESS' order by id`,
        [id],
      )
    ).rows

  const pull = async (console: Console, resultId: string): Promise<Buffer> => {
    const parts: Uint8Array[] = []
    for (;;) {
      const { bytes, done } = await console.session.results.pull(resultId, noAbort())
      parts.push(bytes)
      if (done) return Buffer.concat(parts)
    }
  }
  const read = async (console: Console, documentId: string, purpose: 'preview' | 'download' = 'preview') =>
    pull(console, (await console.documents.open({ documentId, purpose }, noAbort())).resultId)

  test('is read byte for byte, however large', async () => {
    await using console = await open()
    const file = largeFile('scan.bin', 3 * 1024 * 1024 + 17)
    const id = await store(console, file)
    const opened = await console.documents.open({ documentId: id, purpose: 'download' }, noAbort())
    expect(opened).toMatchObject({ filename: 'scan.bin', bytes: file.bytes, sha256: sha256Of(file) })
    expect(sha256Of(textFile('', await pull(console, opened.resultId)))).toBe(sha256Of(file))
  })

  test('leaves a download in its trail, and a preview does not', async () => {
    await using console = await open()
    const id = await store(console, textFile('a.txt', 'who took it'))
    await read(console, id, 'preview')
    expect(await trailOf(id)).toEqual([])
    await read(console, id, 'download')
    expect(await trailOf(id)).toEqual([
      {
        op: 'ACCESS',
        actor: on.operator.user,
        reason: null,
        new_row: {
          what: 'document download',
          version: (await rowOf(id)).s3_version,
          sha256: (await rowOf(id)).sha256,
        },
      },
    ])
  })

  test('whose bytes were changed on the disk of the storage ends in an error, not in a file', async () => {
    await using console = await open()
    const id = await store(console, textFile('a.txt', 'as it was signed'))
    const { sha256 } = await rowOf(id)
    const blob = join(server.folder, 'blobs', sha256.slice(0, 2), sha256)
    expect((await readFile(blob)).toString()).toBe('as it was signed')
    await writeFile(blob, 'as it was forged')
    await expect(read(console, id, 'download')).rejects.toMatchObject({
      code: 'CHECKSUM_MISMATCH',
      message: expect.stringContaining('has another SHA-256'),
    })
  })

  test('is read in the version of its row, when another one came later', async () => {
    await using console = await open()
    const id = await store(console, textFile('a.txt', 'the first one'))
    const { s3_key: Key, s3_version } = await rowOf(id)
    await server.client.send(new PutObjectCommand({ Bucket: 'documents', Key, Body: 'a later one' }))
    expect((await read(console, id)).toString()).toBe('the first one')
    const { versions } = await console.documents.object({ documentId: id }, noAbort())
    expect(versions.map(({ version, isNewest, isDocument }) => ({ isNewest, isDocument, version }))).toEqual([
      { isNewest: true, isDocument: false, version: expect.any(String) },
      { isNewest: false, isDocument: true, version: s3_version },
    ])
    const { url } = await console.documents.link(
      { documentId: id, seconds: 300, reason: 'For the auditor' },
      noAbort(),
    )
    expect(await (await fetch(url)).text()).toBe('the first one')
  })

  test('is read behind a mark of deletion, and is missed when its version is gone', async () => {
    await using console = await open()
    const id = await store(console, textFile('a.txt', 'still there'))
    const { s3_key: Key, s3_version: VersionId } = await rowOf(id)
    await server.client.send(new DeleteObjectCommand({ Bucket: 'documents', Key }))
    expect((await read(console, id)).toString()).toBe('still there')
    await server.client.send(new DeleteObjectCommand({ Bucket: 'documents', Key, VersionId }))
    await expect(read(console, id, 'download')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('is not in the bucket documents in the version that was stored'),
      remedy: expect.stringContaining('who runs the storage'),
    })
    expect(await trailOf(id)).toEqual([])
  })

  test('gets a link that anybody can follow until it expires, and that stands in its trail', async () => {
    await using console = await open()
    const id = await store(console, textFile('Prüfbericht "7".txt', 'for the inspector'))
    const { url, expiresAt } = await console.documents.link(
      { documentId: id, seconds: 2, reason: 'Inspection 2026-14' },
      noAbort(),
    )
    const answer = await fetch(url)
    expect(await answer.text()).toBe('for the inspector')
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="Pr_fbericht _7_.txt"; filename*=UTF-8''Pr%C3%BCfbericht%20%227%22.txt`,
    )
    const trail = await trailOf(id)
    expect(trail).toMatchObject([
      { reason: 'Inspection 2026-14', new_row: { what: 'document link', until: expiresAt } },
    ])
    expect(JSON.stringify(trail)).not.toContain('Signature')
    await expect.poll(async () => (await fetch(url)).status, { timeout: 10_000 }).toBe(403)
  })

  test('gets no link that cannot be recorded', async () => {
    await using console = await open()
    const id = await store(console, textFile('a.txt', 'not to be linked'))
    await on.owner.query('revoke execute on function audit.record_document_access from viruj_operator')
    try {
      await expect(
        console.documents.link({ documentId: id, seconds: 300, reason: 'A test' }, noAbort()),
      ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    } finally {
      await on.owner.query('grant execute on function audit.record_document_access to viruj_operator')
    }
  })

  test('is held by a reviewer with its object, is not retired meanwhile, and is released with a reason', async () => {
    await using operator = await open()
    await using console = await openAsReviewer()
    const id = await store(operator, textFile('a.txt', 'evidence in a lawsuit'))
    const { s3_key: Key, s3_version: VersionId } = await rowOf(id)
    const held = async () =>
      (await server.client.send(new GetObjectLegalHoldCommand({ Bucket: 'documents', Key, VersionId })))
        .LegalHold?.Status
    expect(
      await console.documents.hold({ documentId: id, on: true, reason: 'Lawsuit 4711' }, noAbort()),
    ).toEqual({ object: 'changed', trouble: null })
    expect(await rowOf(id)).toMatchObject({ legal_hold: true, state: 'stored' })
    expect(await held()).toBe('ON')
    expect((await console.documents.object({ documentId: id }, noAbort())).lock).toMatchObject({
      legalHold: true,
    })
    await expect(
      operator.documents.retire({ documentId: id, reason: 'No longer needed' }, noAbort()),
    ).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('legal hold') })
    await console.documents.hold({ documentId: id, on: false, reason: 'Lawsuit ended' }, noAbort())
    expect(await held()).toBe('OFF')
    await operator.documents.retire({ documentId: id, reason: 'No longer needed' }, noAbort())
    const row = await rowOf(id)
    expect(row).toMatchObject({ state: 'retired', legal_hold: false })
    expect(row.retired_at).not.toBeNull()
    expect((await read(operator, id)).toString()).toBe('evidence in a lawsuit')
  })

  test('is held in the database also when the storage does not take part, and that is said', async () => {
    await using operator = await open()
    await using console = await openAsReviewer()
    const id = await store(operator, textFile('a.txt', 'held by half'))
    server.switches.onRequest = (_, operation) => {
      if (operation === 'PutObjectLegalHold') throw new S3Error('AccessDenied', 'Access Denied')
      return undefined
    }
    try {
      const { object, trouble } = await console.documents.hold(
        { documentId: id, on: true, reason: 'Lawsuit 4712' },
        noAbort(),
      )
      expect(object).toBe('failed')
      expect(trouble?.code).toBe('STORAGE_REFUSED')
    } finally {
      delete server.switches.onRequest
    }
    expect((await rowOf(id)).legal_hold).toBe(true)
    expect((await console.documents.object({ documentId: id }, noAbort())).lock?.legalHold).toBe(false)
    expect(
      await console.documents.hold({ documentId: id, on: true, reason: 'Lawsuit 4712' }, noAbort()),
    ).toEqual({ object: 'changed', trouble: null })
  })

  test('tells how long its bucket keeps it', async () => {
    await using console = await open()
    const id = await store(console, textFile('a.txt', 'kept for years'))
    const { s3_key: Key, s3_version: VersionId } = await rowOf(id)
    const until = new Date(Date.now() + 86_400_000)
    until.setMilliseconds(0)
    await server.client.send(
      new PutObjectRetentionCommand({
        Bucket: 'documents',
        Key,
        VersionId,
        Retention: { Mode: 'GOVERNANCE', RetainUntilDate: until },
      }),
    )
    expect((await console.documents.object({ documentId: id }, noAbort())).lock).toEqual({
      legalHold: false,
      mode: 'GOVERNANCE',
      until: until.toISOString(),
    })
  })

  test('can be held and retired by those only whom the database lets', async () => {
    await using operator = await open()
    const id = await store(operator, textFile('a.txt', 'whose it is'))
    const as = async (role: TestRole, statement: string, values: unknown[]) => {
      const client = await on.database.client(role)
      try {
        await client.query(`set audit.reason = 'A test'`)
        return (await client.query(statement, values)).rowCount
      } finally {
        await client.end()
      }
    }
    const hold = 'update public.documents set legal_hold = true where id = $1'
    const retire = `update public.documents set state = 'retired', retired_at = now() where id = $1`
    await expect(as(on.operator, hold, [id])).rejects.toThrow('permission denied')
    await expect(as(reviewer, retire, [id])).rejects.toThrow('permission denied')
    expect(await as(reviewer, hold, [id])).toBe(1)
    await expect(as(on.operator, retire, [id])).rejects.toThrow('documents_legal_hold_check')
    const link = `select audit.record_document_access($1, 'document link', '{}', $2)`
    await expect(as(on.operator, link, [id, ' '])).rejects.toThrow('needs a reason')
    expect(await as(on.operator, link, [id, 'A link'])).toBe(1)
    await expect(as(on.operator, `select audit.record_access('export', '{}', 'A test')`, [])).rejects.toThrow(
      'permission denied',
    )
  })

  test('that never arrived, or lies in another bucket, says so', async () => {
    await using console = await open()
    const id = await store(console, textFile('a.txt', 'elsewhere'))
    await on.owner.query(`update documents set s3_bucket = 'archive' where id = $1`, [id])
    await expect(read(console, id)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('lies in the bucket archive'),
    })
    await on.owner.query(
      `update documents set state = 'pending', stored_at = null, s3_bucket = 'documents' where id = $1`,
      [id],
    )
    await expect(read(console, id)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('never arrived'),
    })
  })
})
