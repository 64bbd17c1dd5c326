import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDocumentDatabase, openUploads, storageAt } from '../support/documents.ts'
import { openObjectServer, type TestObjectServer } from '../support/object-server.ts'
import { largeFile, sha256Of, type TestFile, textFile } from '../support/upload-page.ts'

const mebibyte = 1024 * 1024

describe('an upload', () => {
  let on: Awaited<ReturnType<typeof createDocumentDatabase>>
  let server: TestObjectServer

  beforeAll(async () => {
    on = await createDocumentDatabase()
    server = await openObjectServer()
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await on[Symbol.asyncDispose]()
  })

  const rowOf = async (id: string | null) => {
    const { rows } = await on.owner.query('select * from documents where id = $1', [id])
    return rows[0]
  }
  const contentOf = async (key: string): Promise<Buffer> => {
    const { Body } = await server.client.send(new GetObjectCommand({ Bucket: 'documents', Key: key }))
    return Buffer.from((await Body?.transformToByteArray()) ?? [])
  }

  test('of a small file is stored with its bytes, its type and its version, and the trail knows why', async () => {
    await using uploads = await openUploads(on, storageAt(server.url))
    const file = textFile('Prüfbericht 7.txt', 'Lot VX-20001 passed.\n')
    const state = await uploads.upload(file)
    expect(state).toMatchObject({
      status: 'stored',
      error: null,
      contentType: 'text/plain',
      sha256: sha256Of(file),
    })
    const row = await rowOf(state.documentId)
    expect(row).toMatchObject({
      filename: 'Prüfbericht 7.txt',
      plant: 'HYD-1',
      site: 'qc-lab',
      state: 'stored',
      bytes: '21',
      sha256: sha256Of(file),
      s3_bucket: 'documents',
      uploaded_as: on.operator.user,
      uploaded_by: null,
      upload_id: null,
    })
    expect(row.s3_version).toBeTruthy()
    expect(row.s3_key).toMatch(/^erp\/hyd-1\/\d{4}\/\d\d\/[0-9a-f-]{36}\.txt$/)
    expect((await contentOf(row.s3_key)).toString()).toBe('Lot VX-20001 passed.\n')
    const { rows } = await on.owner.query(
      `select op, actor, reason from audit.event where table_name = 'documents' and row_pk = $1 order by id`,
      [state.documentId],
    )
    expect(rows).toEqual([
      { op: 'INSERT', actor: on.operator.user, reason: 'Scanned records of the week' },
      { op: 'UPDATE', actor: on.operator.user, reason: 'Scanned records of the week' },
    ])
  })

  test('of a large file goes in parts and is stored byte for byte', async () => {
    await using uploads = await openUploads(on, storageAt(server.url))
    const file = largeFile('scan.bin', 70 * mebibyte + 12_345)
    const state = await uploads.upload(file)
    expect(state).toMatchObject({ status: 'stored', error: null })
    const row = await rowOf(state.documentId)
    expect(sha256Of(textFile('', await contentOf(row.s3_key)))).toBe(sha256Of(file))
  })

  test('of the same content asks first, and keeps both when told so', async () => {
    await using uploads = await openUploads(on, storageAt(server.url))
    const file = textFile('a.txt', 'the same content')
    const first = await uploads.upload(file)
    const second = await uploads.upload({ ...file, name: 'b.txt' })
    expect(second).toMatchObject({
      status: 'duplicate',
      documentId: null,
      duplicates: [{ id: first.documentId, filename: 'a.txt', plant: 'HYD-1', state: 'stored' }],
    })
    await uploads.documents.actOnUploads({ uploadIds: [second.id], act: 'keep-duplicate' })
    const kept = await uploads.until(second.id, 'stored', 'failed')
    expect(kept.status).toBe('stored')
    expect(kept.documentId).not.toBe(first.documentId)
  })

  const refused: [string, TestFile, RegExp][] = [
    ['an empty file', textFile('empty.txt', ''), /is empty/],
    [
      'a program with the name of a document',
      textFile('a.pdf', Buffer.from('MZ'.padEnd(256, '\0'))),
      /application\/x-msdownload/,
    ],
    ['a page with a script', textFile('a.txt', '<html><script>alert(1)</script>'), /text\/html/],
    [
      'a drawing that can hold scripts',
      textFile('a.png', '<svg xmlns="http://www.w3.org/2000/svg"/>'),
      /image\/svg\+xml/,
    ],
    [
      'a document that is an archive, too',
      textFile(
        'a.pdf',
        Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.from('504b0506', 'hex'), Buffer.alloc(18)]),
      ),
      /ZIP archive at once/,
    ],
    [
      'a file above the limit',
      { name: 'big.txt', bytes: 101 * mebibyte, read: () => new Uint8Array() },
      /may have 104857600/,
    ],
    ['a name with a control character', textFile('a\nb.txt', 'x'), /documents_filename_check/],
    ['a name with a slash', textFile('../a.txt', 'y'), /documents_filename_check/],
  ]
  test.each(refused)('refuses %s, says why, and leaves no row behind', async (_, file, message) => {
    const types = storageAt('').allowedTypes.filter((type) => type !== 'application/octet-stream')
    await using uploads = await openUploads(
      on,
      storageAt(server.url, { maxBytes: 100 * mebibyte, allowedTypes: types }),
    )
    const { rows: before } = await on.owner.query('select count(*) as n from documents')
    const state = await uploads.upload(file)
    expect(state).toMatchObject({ status: 'failed', documentId: null })
    expect(state.error?.message).toMatch(message)
    expect(state.error?.remedy).not.toBe('')
    expect((await on.owner.query('select count(*) as n from documents')).rows).toEqual(before)
  })

  test('of a thousand files stores all but the one that is given up at once, in memory that does not grow', async () => {
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    const held = (): number => {
      collect()
      const { heapUsed, arrayBuffers } = process.memoryUsage()
      return heapUsed + arrayBuffers
    }
    await using uploads = await openUploads(on, storageAt(server.url, { prefix: 'thousand/' }))
    const files = Array.from({ length: 1000 }, (_, n) =>
      textFile(`record ${n}.txt`, `Lot VX-${n} passed.\n`.padEnd(200, '.')),
    )
    const added = [...(await uploads.add(files.slice(0, 500))), ...(await uploads.add(files.slice(500)))]
    const idOf = (n: number) => added[n]?.id ?? ''
    await uploads.until(idOf(100), 'stored', 'failed')
    const before = held()
    await uploads.documents.actOnUploads({ uploadIds: [idOf(999)], act: 'cancel' })
    await uploads.until(idOf(999), 'cancelled', 'stored', 'failed')
    expect((await uploads.state(idOf(998))).status).toBe('queued')
    await uploads.until(idOf(998), 'stored', 'failed')
    expect(held() - before).toBeLessThan(900 * 16 * 1024)

    await Promise.all([997, 996].map((n) => uploads.until(idOf(n), 'stored', 'failed')))
    const { uploads: all } = await uploads.documents.uploads({ since: 0 })
    const told = Map.groupBy(all, ({ status }) => status)
    expect(told.get('stored')).toHaveLength(999)
    expect(told.get('cancelled')).toHaveLength(1)
    const { rows } = await on.owner.query(
      `select count(distinct s3_key)::int as n from documents where s3_key like 'thousand/%' and state = 'stored'`,
    )
    expect(rows).toEqual([{ n: 999 }])
  }, 120_000)

  test('to a plant that the operator does not see is refused by the server', async () => {
    await using uploads = await openUploads(on, storageAt(server.url))
    const state = await uploads.upload(textFile('a.txt', 'for another plant'), { plant: 'VIZ-1' })
    expect(state).toMatchObject({ status: 'failed', error: { code: 'PERMISSION_DENIED' } })
  })
})
