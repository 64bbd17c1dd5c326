import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CompleteMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { reconcile } from '../../src/main/documents/reconcile/reconcile.ts'
import { S3Error } from '../../src/main/object-server/s3-error.ts'
import { openStorage } from '../../src/main/storage/storage.ts'
import type { ReconcileDepth, ReconcileReport } from '../../src/shared/reconcile.ts'
import { documentsIn } from '../support/command.ts'
import { type DocumentConsole, openDocumentBucket } from '../support/document-bucket.ts'
import { openUploads, storageAt } from '../support/documents.ts'
import { testCredential } from '../support/object-server.ts'
import { noAbort } from '../support/session.ts'
import { sha256Of, textFile } from '../support/upload-page.ts'

const Bucket = 'documents'

describe('documents and their bucket', () => {
  let bucket: Awaited<ReturnType<typeof openDocumentBucket>>
  beforeAll(async () => {
    bucket = await openDocumentBucket()
  })
  afterAll(() => bucket[Symbol.asyncDispose]())

  const kinds = ({ listed }: ReconcileReport) => listed.map(({ kind }) => kind)

  test('that are as they should be differ in nothing, however closely they are compared', async () => {
    await using console = await bucket.open()
    for (const text of ['one', 'two', 'three']) await console.store(text)
    // In UTF-16, the order of JavaScript's strings, these two come the other way round.
    for (const name of ['\uff5e', '\u{1f9ea}']) {
      const s3_key = `${console.prefix}${name}`
      const { VersionId } = await bucket.put(s3_key, 'bytes', sha256Of(textFile('', 'bytes')))
      await bucket.insert({ s3_key, s3_version: VersionId, state: 'stored', stored_at: new Date() })
    }
    await bucket.insert({ s3_key: `${console.prefix}young` })
    await bucket.insert({ s3_key: `${console.prefix}given-up`, state: 'abandoned' })
    for (const depth of ['listing', 'checksum', 'read'] as const) {
      expect(await console.compare(depth)).toMatchObject({
        depth,
        documents: 7,
        objects: 5,
        differences: 0,
        listed: [],
        notes: [],
        verified: depth === 'listing' ? 0 : 5,
        read: 0,
      })
    }
  })

  type Case = {
    kind: string
    depth?: ReconcileDepth
    seen: RegExp
    make(
      console: DocumentConsole,
    ): Promise<{ documentId: string | null; key: string } & Record<string, unknown>>
  }
  const cases: Record<string, Case> = {
    'whose object is gone': {
      kind: 'object-missing',
      seen: /^Nothing lies under its key/,
      async make({ store }) {
        const { id, s3_key, s3_version } = await store('gone')
        await bucket.remove(s3_key, s3_version)
        return { documentId: id, key: s3_key, versions: 0, rowBytes: 4, objectBytes: null }
      },
    },
    'that is retired and whose object is gone': {
      kind: 'object-missing',
      seen: /^Nothing lies/,
      async make({ store }) {
        const { id, s3_key, s3_version } = await store('retired')
        await bucket.owner.query(`update documents set state = 'retired', retired_at = now() where id = $1`, [
          id,
        ])
        await bucket.remove(s3_key, s3_version)
        return { documentId: id, key: s3_key, state: 'retired' }
      },
    },
    'whose row has another size': {
      kind: 'size-differs',
      seen: /^Its object has 7 bytes, its row says 8\.$/,
      async make({ store }) {
        const { id, s3_key } = await store('resized')
        await bucket.owner.query('update documents set bytes = 8 where id = $1', [id])
        return { documentId: id, key: s3_key, rowBytes: 8, objectBytes: 7 }
      },
    },
    'whose row has another SHA-256': {
      kind: 'checksum-differs',
      depth: 'checksum',
      seen: /SHA-256 of its object is not/,
      async make({ store }) {
        const { id, s3_key } = await store('other hash')
        await bucket.owner.query('update documents set sha256 = $2 where id = $1', [id, 'a'.repeat(64)])
        return { documentId: id, key: s3_key }
      },
    },
    'whose object has no SHA-256 of the whole and another content': {
      kind: 'checksum-differs',
      depth: 'read',
      seen: /SHA-256 of its object is not/,
      async make({ prefix }) {
        const { VersionId } = await bucket.put(`${prefix}plain`, 'BYTES')
        const { id, s3_key } = await bucket.insert({
          s3_key: `${prefix}plain`,
          s3_version: VersionId,
          state: 'stored',
          stored_at: new Date(),
        })
        return { documentId: id, key: s3_key }
      },
    },
    'whose object was deleted, with its version there': {
      kind: 'version-differs',
      seen: /^The object was deleted; the version that was checked is still there/,
      async make({ store }) {
        const { id, s3_key } = await store('hidden')
        await bucket.remove(s3_key)
        return { documentId: id, key: s3_key, versions: 1 }
      },
    },
    'with another object on top': {
      kind: 'version-differs',
      seen: /^Another object lies on top/,
      async make({ store }) {
        const { id, s3_key, s3_version } = await store('below')
        await bucket.put(s3_key, 'above')
        return { documentId: id, key: s3_key, versions: 2, version: s3_version }
      },
    },
    'whose version is gone, with another there': {
      kind: 'version-differs',
      seen: /^The version that was checked is gone; another one is there/,
      async make({ store }) {
        const { id, s3_key, s3_version } = await store('replaced')
        await bucket.put(s3_key, 'replaced')
        await bucket.remove(s3_key, s3_version)
        return { documentId: id, key: s3_key, versions: 1 }
      },
    },
    'that names no version in a bucket that has them': {
      kind: 'version-differs',
      seen: /^Its row names no version/,
      async make({ prefix }) {
        const { VersionId } = await bucket.put(`${prefix}old`, 'bytes')
        const { id, s3_key } = await bucket.insert({
          s3_key: `${prefix}old`,
          state: 'stored',
          stored_at: new Date(),
        })
        return { documentId: id, key: s3_key, version: VersionId }
      },
    },
    'pending for long, of which nothing came': {
      kind: 'pending-stuck',
      seen: /^Nothing of it is in the bucket\.$/,
      async make({ prefix }) {
        const { id, s3_key } = await bucket.insert({
          s3_key: `${prefix}nothing`,
          updated_at: '2026-01-02T03:04:05Z',
        })
        return { documentId: id, key: s3_key, since: '2026-01-02T03:04:05Z' }
      },
    },
    'pending for long, with an unfinished upload': {
      kind: 'pending-stuck',
      seen: /^Nothing of it is in the bucket, but an unfinished upload\.$/,
      async make({ prefix }) {
        const upload_id = await bucket.begin(`${prefix}parts`)
        const { id, s3_key } = await bucket.insert({
          s3_key: `${prefix}parts`,
          upload_id,
          updated_at: '2026-01-02',
        })
        return { documentId: id, key: s3_key, uploadId: upload_id }
      },
    },
    'pending for long, whose object is there': {
      kind: 'pending-stuck',
      seen: /^An object of its size is there/,
      async make({ prefix }) {
        await bucket.put(`${prefix}there`, 'bytes')
        const { id, s3_key } = await bucket.insert({ s3_key: `${prefix}there`, updated_at: '2026-01-02' })
        return { documentId: id, key: s3_key, objectBytes: 5 }
      },
    },
    'that was given up, with its object there': {
      kind: 'object-unknown',
      seen: /^Its document was given up/,
      async make({ prefix }) {
        await bucket.put(`${prefix}late`, 'bytes')
        const { id, s3_key } = await bucket.insert({ s3_key: `${prefix}late`, state: 'abandoned' })
        return { documentId: id, key: s3_key }
      },
    },
    'that is not there, for an object with a strange key': {
      kind: 'object-unknown',
      seen: /^No document has this key/,
      async make({ prefix }) {
        const key = `${prefix}ü +%2F\u{1f9ea}\u0001`
        const { VersionId } = await bucket.put(key, 'whose?')
        return { documentId: null, key, version: VersionId, versions: 1, objectBytes: 6 }
      },
    },
    'that is not there, for an upload': {
      kind: 'upload-unknown',
      seen: /^No document has its key/,
      async make({ prefix }) {
        const uploadId = await bucket.begin(`${prefix}nobody`)
        return { documentId: null, key: `${prefix}nobody`, uploadId }
      },
    },
    'that goes on with another upload': {
      kind: 'upload-unknown',
      seen: /^Its document goes on with another upload/,
      async make({ prefix }) {
        const uploadId = await bucket.begin(`${prefix}two`)
        const { id, s3_key } = await bucket.insert({
          s3_key: `${prefix}two`,
          upload_id: await bucket.begin(`${prefix}two`),
        })
        return { documentId: id, key: s3_key, uploadId }
      },
    },
    'that is quarantined, as no difference': {
      kind: 'quarantined',
      seen: /^Nothing lies under its key/,
      async make({ store }) {
        const { id, s3_key, s3_version } = await store('known')
        await bucket.owner.query(`update documents set state = 'quarantined' where id = $1`, [id])
        await bucket.remove(s3_key, s3_version)
        return { documentId: id, key: s3_key, state: 'quarantined' }
      },
    },
  }
  for (const [title, { kind, depth = 'listing', seen, make }] of Object.entries(cases)) {
    test(`find a document ${title}`, async () => {
      await using console = await bucket.open()
      await console.store(`beside ${console.prefix}`.replace('/', ''))
      const wanted = await make(console)
      const report = await console.compare(depth)
      expect(report.listed).toEqual([
        expect.objectContaining({ ...wanted, kind, seen: expect.stringMatching(seen) }),
      ])
      expect(report).toMatchObject({ counts: { [kind]: 1 }, differences: kind === 'quarantined' ? 0 : 1 })
    })
  }

  test('find nothing of what was uploaded while they were compared', async () => {
    await using console = await bucket.open()
    await console.store('before')
    const storage = await openStorage(
      storageAt(bucket.server.url, { prefix: console.prefix }),
      testCredential.secretAccessKey,
    )
    const rowsRead = Promise.withResolvers<void>()
    const { database } = console.session
    let meanwhile: string | null = null
    const report = await reconcile(
      {
        database: {
          ...database,
          async *copyOut(...given) {
            for await (const chunk of database.copyOut(...given)) {
              rowsRead.resolve()
              yield chunk
            }
          },
        },
        storage: {
          ...storage,
          async *listKeys(...given) {
            await rowsRead.promise
            meanwhile = (await console.store('meanwhile')).s3_key
            yield* storage.listKeys(...given)
          },
        },
      },
      { depth: 'checksum', stuckHours: 24 },
      { signal: noAbort(), report: () => undefined },
    )
    storage.close()
    expect(meanwhile).not.toBeNull()
    expect(report).toMatchObject({ documents: 1, objects: 2, differences: 0, listed: [] })
  })

  test('are not called different where a role does not see all plants', async () => {
    await using console = await bucket.open()
    await console.store('hers')
    await bucket.insert({
      s3_key: `${console.prefix}other-plant`,
      plant: 'BLR-2',
      state: 'stored',
      stored_at: new Date(),
    })
    await bucket.put(`${console.prefix}other-plant`, 'bytes')
    await bucket.begin(`${console.prefix}other-plant`)
    await using operator = await openUploads(bucket, storageAt(bucket.server.url, { prefix: console.prefix }))
    const report = await operator.documents.compare(
      { depth: 'listing', stuckHours: 24 },
      { signal: noAbort(), report: () => undefined },
    )
    expect(report).toMatchObject({ documents: 1, differences: 0, listed: [] })
    expect(report.notes).toContainEqual(expect.stringContaining('does not see all plants'))
  })

  test('are compared without versions where the key may not list them, and the report says so', async () => {
    await using console = await bucket.open()
    await console.store('fine without versions')
    const hidden = await console.store('hidden without versions')
    await bucket.remove(hidden.s3_key)
    bucket.server.switches.onRequest = (_, operation) => {
      if (operation === 'ListObjectVersions') throw new S3Error('AccessDenied', 'No.')
      return undefined
    }
    const report = await console.compare().finally(() => {
      delete bucket.server.switches.onRequest
    })
    expect(kinds(report)).toEqual(['version-differs'])
    expect(report.listed[0]).toMatchObject({ documentId: hidden.id, versions: null })
    expect(report.notes).toContainEqual(
      expect.stringMatching(/^Versions were not compared: .* does not allow it/),
    )
  })

  test('of which the storage has no SHA-256 are read when that is asked for, and named when not', async () => {
    await using console = await bucket.open()
    const Key = `${console.prefix}in-parts`
    const UploadId = await bucket.begin(Key)
    const { ETag } = await bucket.server.client.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'bytes' }),
    )
    const { VersionId } = await bucket.server.client.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key,
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
      }),
    )
    await bucket.insert({ s3_key: Key, s3_version: VersionId, state: 'stored', stored_at: new Date() })
    const told = await console.compare('checksum')
    expect(told).toMatchObject({ differences: 0, verified: 0 })
    expect(told.notes).toContainEqual(expect.stringContaining('Of 1 document the storage has no SHA-256'))
    expect(await console.compare('read')).toMatchObject({ differences: 0, verified: 1, read: 1 })
    const sha256 = sha256Of(textFile('', 'bytes'))
    const blob = join(bucket.server.folder, 'blobs', sha256.slice(0, 2), sha256)
    expect((await readFile(blob)).toString()).toBe('bytes')
    await writeFile(blob, 'forge')
    expect(kinds(await console.compare('read'))).toEqual(['checksum-differs'])
    await writeFile(blob, 'bytes')
  })

  test('are compared on the command line, with every finding in a file, and an exit code for each outcome', async () => {
    await using console = await bucket.open()
    await console.store('on the command line')
    const { prefix } = console
    const command = (name: string, ...more: string[]) => {
      vi.stubEnv('AWS_ACCESS_KEY_ID', testCredential.accessKeyId)
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', testCredential.secretAccessKey)
      const words = ['--bucket', Bucket, '--endpoint', bucket.server.url, '--path-style', '--prefix', prefix]
      return documentsIn([name, ...words, ...more], bucket.database.url)
    }
    const clean = await command('verify')
    expect(clean).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^No differences\.\n1 document and 1 object of documents/),
    })
    for (let n = 0; n < 12; n++) await bucket.put(`${prefix}unknown-${n}`, 'x')
    const report = join(bucket.server.folder, 'report.ndjson')
    const found = await command('reconcile', '--report', report)
    expect(found.code).toBe(3)
    expect(found.stdout).toContain(`DIFFERENCES: 12.`)
    expect(found.stdout).toContain(`… and 2 more, in ${report}`)
    const lines = (await readFile(report, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(
      lines
        .slice(0, -1)
        .map(({ key }) => key)
        .sort(),
    ).toEqual(Array.from({ length: 12 }, (_, n) => `${prefix}unknown-${n}`).sort())
    expect(lines.at(-1)).toMatchObject({ summary: { differences: 12, objects: 13 } })
    const again = await command('reconcile', '--report', report)
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('there is one already') })
    expect(await command('reconcile', '--read')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--read goes with verify'),
    })
    expect(JSON.parse((await command('reconcile', '--json')).stdout)).toMatchObject({ differences: 12 })
    expect(await command('reconcile', '--json', '--stuck-after', '0')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('takes a number from 1 to 8760'),
    })
  })

  test('leave out what the console keeps in the bucket for itself', async () => {
    await using console = await bucket.open()
    await bucket.put(`${console.prefix}.viruj-console/seals/1.json`, '{}')
    expect(await console.compare()).toMatchObject({ objects: 0, differences: 0 })
  })
})
