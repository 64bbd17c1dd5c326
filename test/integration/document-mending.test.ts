import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { S3Error } from '../../src/main/object-server/s3-error.ts'
import { type Finding, type MendInput, mendingsOf } from '../../src/shared/reconcile.ts'
import { type DocumentConsole, openDocumentBucket } from '../support/document-bucket.ts'
import { openUploads, storageAt } from '../support/documents.ts'
import { createRole } from '../support/postgres.ts'
import { noAbort } from '../support/session.ts'
import { sha256Of, textFile } from '../support/upload-page.ts'

const reason = 'Deviation 2026-118'
const ofBytes = sha256Of(textFile('', 'bytes'))

describe('what was found of documents and their bucket', () => {
  let bucket: Awaited<ReturnType<typeof openDocumentBucket>>
  beforeAll(async () => {
    bucket = await openDocumentBucket()
  })
  afterAll(() => bucket[Symbol.asyncDispose]())

  const mend = ({ documents }: Pick<DocumentConsole, 'documents'>, input: MendInput) =>
    documents.mend(input, noAbort())
  /** The only one. */
  const find = async (
    console: DocumentConsole,
    ...of: Parameters<DocumentConsole['compare']>
  ): Promise<Finding> => {
    const { listed } = await console.compare(...of)
    const [found] = listed
    if (found === undefined || listed.length > 1) throw new Error(`${listed.length} findings`)
    return found
  }
  const lastEvent = async (id: string) =>
    (
      await bucket.owner.query(
        `select op, actor, reason, new_row from audit.event where table_name = 'documents' and row_pk = $1 order by id desc limit 1`,
        [id],
      )
    ).rows[0]

  test('is quarantined, many at once or none, and released only once all of it was read', async () => {
    await using console = await bucket.open()
    const first = await console.store('to be quarantined')
    const second = await console.store('as well')
    const { sha256 } = first
    const blob = join(bucket.server.folder, 'blobs', sha256.slice(0, 2), sha256)
    const content = await readFile(blob)
    await bucket.remove(second.s3_key, second.s3_version)
    expect(mendingsOf(await find(console))).toEqual(['quarantine'])
    const documentIds = [first.id, second.id]
    await bucket.owner.query(`update documents set state = 'retired', retired_at = now() where id = $1`, [
      second.id,
    ])
    await expect(mend(console, { mending: 'quarantine', documentIds, reason })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('Of 2 documents 1 can be quarantined'),
    })
    expect(await bucket.rowOf(first.id)).toMatchObject({ state: 'stored' })
    await bucket.owner.query(`update documents set state = 'stored', retired_at = null where id = $1`, [
      second.id,
    ])
    expect(await mend(console, { mending: 'quarantine', documentIds, reason })).toEqual({
      done: '2 documents are quarantined.',
      trouble: null,
    })
    for (const id of documentIds) {
      expect(await bucket.rowOf(id)).toMatchObject({ state: 'quarantined' })
      expect(await lastEvent(id)).toMatchObject({
        op: 'UPDATE',
        actor: bucket.dba.user,
        reason,
        new_row: { state: 'quarantined' },
      })
    }
    await expect(
      console.documents.open({ documentId: first.id, purpose: 'preview' }, noAbort()),
    ).rejects.toThrow('is quarantined')
    const { listed, differences } = await console.compare()
    expect(differences).toBe(0)
    expect(listed.map((one) => [one.documentId, mendingsOf(one)]).sort()).toEqual(
      [
        [first.id, ['release']],
        [second.id, []],
      ].sort(),
    )
    // The storage still vouches for it: it does not look at its disk when it is asked.
    await writeFile(blob, Buffer.from(content).fill('x'))
    const releasing = { mending: 'release', documentId: first.id, reason: 'Looked at again' } as const
    await expect(mend(console, releasing)).rejects.toThrow('stays quarantined: its object is another one')
    await writeFile(blob, content)
    expect(await mend(console, releasing)).toMatchObject({
      done: expect.stringContaining('all its 17 bytes were read'),
    })
    expect(await bucket.rowOf(first.id)).toMatchObject({ state: 'stored' })
    expect(await lastEvent(first.id)).toMatchObject({
      reason: 'Looked at again',
      new_row: { state: 'stored' },
    })
    await expect(mend(console, { ...releasing, documentId: second.id })).rejects.toThrow(
      'its object is not there',
    )
  })

  test('gets the version named that holds its content, and no other one', async () => {
    await using console = await bucket.open()
    const row = await console.store('put back')
    const { VersionId: right } = await bucket.put(row.s3_key, 'put back', row.sha256)
    await bucket.put(row.s3_key, 'put over')
    const naming = { mending: 'name-version', documentId: row.id, reason } as const
    expect(mendingsOf(await find(console))).toEqual([])
    await expect(mend(console, naming)).rejects.toThrow('there is nothing to mend')
    await bucket.remove(row.s3_key, row.s3_version)
    expect(mendingsOf(await find(console))).toEqual(['name-version', 'quarantine'])
    await mend(console, naming)
    expect(await bucket.rowOf(row.id)).toMatchObject({ s3_version: right, state: 'stored' })
    expect(await lastEvent(row.id)).toMatchObject({ reason, new_row: { s3_version: right } })
    await bucket.remove(row.s3_key, right)
    await expect(mend(console, naming)).rejects.toThrow('None of 1 versions')
    expect(await bucket.rowOf(row.id)).toMatchObject({ s3_version: right })
  })

  test('is stored where the bytes of a stuck upload are there, and are its own', async () => {
    await using console = await bucket.open()
    const row = await bucket.insert({ s3_key: `${console.prefix}arrived`, updated_at: '2026-01-02' })
    const completing = { mending: 'complete', documentId: row.id, reason } as const
    await expect(mend(console, completing)).rejects.toThrow('stays pending')
    await bucket.put(row.s3_key, 'other', sha256Of(textFile('', 'other')))
    await expect(mend(console, completing)).rejects.toThrow('stays pending')
    const { VersionId } = await bucket.put(row.s3_key, 'bytes', ofBytes)
    expect(mendingsOf(await find(console))).toEqual(['complete', 'give-up'])
    await mend(console, completing)
    expect(await bucket.rowOf(row.id)).toMatchObject({ state: 'stored', s3_version: VersionId })
    expect(await lastEvent(row.id)).toMatchObject({ reason, new_row: { state: 'stored' } })
    expect(await console.compare('checksum')).toMatchObject({ differences: 0 })
  })

  test('is given up with all its parts, also those that the row never learnt of, but not while somebody uploads', async () => {
    await using console = await bucket.open()
    const s3_key = `${console.prefix}stuck`
    const upload_id = await bucket.begin(s3_key)
    await bucket.begin(s3_key)
    const row = await bucket.insert({ s3_key, upload_id })
    const givingUp = { mending: 'give-up', documentId: row.id, reason } as const
    await expect(mend(console, givingUp)).rejects.toThrow('touched it within an hour')
    expect(await bucket.rowOf(row.id)).toMatchObject({ state: 'pending', upload_id })
    const stuck = await bucket.insert({
      s3_key: `${s3_key}-2`,
      upload_id: await bucket.begin(`${s3_key}-2`),
      updated_at: '2026-01-02',
    })
    await bucket.begin(stuck.s3_key)
    expect(await mend(console, { ...givingUp, documentId: stuck.id })).toEqual({
      done: 'The upload of a.txt is given up, with 2 unfinished uploads under its key.',
      trouble: null,
    })
    expect(await bucket.rowOf(stuck.id)).toMatchObject({ state: 'abandoned', upload_id: null })
    expect(await lastEvent(stuck.id)).toMatchObject({ reason, new_row: { state: 'abandoned' } })
    expect(await console.compare()).toMatchObject({ uploads: 2, counts: { 'upload-unknown': 1 } })
  })

  test('is given up in the database also where the bucket fails, and what is left is found', async () => {
    await using console = await bucket.open()
    const s3_key = `${console.prefix}half`
    const upload_id = await bucket.begin(s3_key)
    const row = await bucket.insert({ s3_key, upload_id, updated_at: '2026-01-02' })
    bucket.server.switches.onRequest = (_, operation) => {
      if (operation === 'AbortMultipartUpload') throw new S3Error('AccessDenied', 'No.')
      return undefined
    }
    const { trouble } = await mend(console, { mending: 'give-up', documentId: row.id, reason }).finally(
      () => {
        delete bucket.server.switches.onRequest
      },
    )
    expect(trouble).toMatchObject({ code: 'STORAGE_REFUSED' })
    const found = await find(console)
    expect(found).toMatchObject({ kind: 'upload-unknown', uploadId: upload_id, documentId: row.id })
    expect(mendingsOf(found)).toEqual(['abort'])
  })

  test('is aborted where no document knows the upload, with the reason in the trail first', async () => {
    await using console = await bucket.open()
    const key = `${console.prefix}nobody`
    const uploadId = await bucket.begin(key)
    const aborting = { mending: 'abort', key, uploadId, reason } as const
    const row = await bucket.insert({ s3_key: key })
    await expect(mend(console, aborting)).rejects.toThrow('A pending document goes on with this upload')
    await bucket.owner.query('delete from documents where id = $1', [row.id])
    expect(mendingsOf(await find(console))).toEqual(['abort'])
    expect(await mend(console, aborting)).toMatchObject({
      done: 'The unfinished upload is aborted: 0 parts with 0 bytes.',
    })
    const { rows } = await bucket.owner.query(
      `select op, actor, reason, new_row from audit.event where new_row->>'upload' = $1`,
      [uploadId],
    )
    expect(rows).toEqual([
      {
        op: 'ACCESS',
        actor: bucket.dba.user,
        reason,
        new_row: { what: 'unfinished upload aborted', key, upload: uploadId },
      },
    ])
    expect(await console.compare()).toMatchObject({ uploads: 0, differences: 0 })
    await expect(mend(console, aborting)).rejects.toThrow('no longer knows this upload')
  })

  test('is recorded of an upload for a reason only, and not for who may change no document', async () => {
    const record = `select audit.record_upload_abort('a key', 'an upload', $1)`
    const operator = await bucket.database.client(bucket.operator)
    await expect(operator.query(record, [' '])).rejects.toMatchObject({ code: 'AU001' })
    const reviewer = await createRole({ as: 'in role viruj_reviewer' })
    const asReviewer = await bucket.database.client(reviewer)
    await expect(asReviewer.query(record, [reason])).rejects.toMatchObject({ code: '42501' })
    await asReviewer.end()
    await reviewer.drop()
  })

  test('is adopted where an object has no document: read, hashed, typed by its content, and left as it is', async () => {
    await using console = await bucket.open()
    const key = `${console.prefix}hyd-1/2026/11/lost.pdf`
    const { VersionId } = await bucket.put(key, '%PDF-1.7\nlost and found')
    const found = await find(console)
    expect(mendingsOf(found)).toEqual(['adopt'])
    const adopting = {
      mending: 'adopt',
      key,
      version: found.version,
      filename: 'lost.pdf',
      plant: 'HYD-1',
      reason,
    } as const
    await mend(console, adopting)
    const { rows } = await bucket.owner.query('select * from documents where s3_key = $1', [key])
    expect(rows).toMatchObject([
      {
        filename: 'lost.pdf',
        plant: 'HYD-1',
        state: 'stored',
        bytes: '23',
        content_type: 'application/pdf',
        sha256: sha256Of(textFile('', '%PDF-1.7\nlost and found')),
        s3_bucket: 'documents',
        s3_version: VersionId,
        uploaded_as: bucket.dba.user,
      },
    ])
    expect(await lastEvent(rows[0].id)).toMatchObject({ op: 'INSERT', reason })
    expect(await console.compare('read')).toMatchObject({ differences: 0, verified: 1 })
    await expect(mend(console, adopting)).rejects.toThrow('A document has this key already')
    const page = `${console.prefix}page`
    await bucket.put(page, '<html><script>alert(1)</script>')
    await expect(mend(console, { ...adopting, key: page, version: null })).rejects.toThrow(
      'text/html, which may not',
    )
    const seal = `${console.prefix}.viruj-console/seals/1`
    await expect(mend(console, { ...adopting, key: seal, version: null })).rejects.toThrow('console’s own')
  })

  test('is not for a role that sees some plants only, where it is of no document', async () => {
    await using console = await bucket.open()
    const key = `${console.prefix}other-plant`
    const uploadId = await bucket.begin(key)
    await using operator = await openUploads(bucket, storageAt(bucket.server.url, { prefix: console.prefix }))
    const refused = { code: 'PERMISSION_DENIED', message: expect.stringContaining('does not see all plants') }
    await expect(mend(operator, { mending: 'abort', key, uploadId, reason })).rejects.toMatchObject(refused)
    const adopting = {
      mending: 'adopt',
      key,
      version: null,
      filename: 'a.txt',
      plant: 'HYD-1',
      reason,
    } as const
    await expect(mend(operator, adopting)).rejects.toMatchObject(refused)
  })
})
