import { createHash } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { openStorage } from '../../src/main/storage/storage.ts'
import { storageAt } from '../support/documents.ts'
import { openS3Peers, type S3Peer } from '../support/s3-peers.ts'
import { noAbort } from '../support/session.ts'

const sha256 = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex')
const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')
const nothing = () => undefined

/** The same promises are kept on a server that others wrote. Where there is none, a string says why. */
describe.each(await openS3Peers())('the bucket of a connection on $name', ({ name, peer: opened }) => {
  const skipped = typeof opened === 'string'
  /** Ceph 16 keeps no SHA-256 and compares none: what is stored there is read back. */
  const keepsHashes = name !== 'Ceph'
  afterAll(async () => {
    if (!skipped) await opened[Symbol.asyncDispose]()
  })

  const withStorage = async (
    prefix: string,
    work: (storage: Awaited<ReturnType<typeof openStorage>>) => Promise<void>,
  ): Promise<void> => {
    const { url, credential } = opened as S3Peer
    const { accessKeyId, secretAccessKey } = credential
    const storage = await openStorage(storageAt(url, { accessKeyId, prefix }), secretAccessKey)
    try {
      await work(storage)
    } finally {
      storage.close()
    }
  }
  const readAll = async (
    storage: Awaited<ReturnType<typeof openStorage>>,
    key: string,
    version: string | null,
  ) => Buffer.concat(await (await storage.read({ key, version }, noAbort())).toArray())

  test.skipIf(skipped)('takes an object with its hash and gives back the same bytes', () =>
    withStorage('whole/', async (storage) => {
      const key = 'whole/Übersicht a+b.txt'
      const content = Buffer.from('content')
      const object = { key, bytes: content.length, contentType: 'text/plain', sha256: sha256(content) }
      const { version } = await storage.putObject(object, [content], noAbort(), nothing)
      expect(version).not.toBeNull()
      expect(await storage.head({ key, version }, noAbort())).toMatchObject({
        bytes: 7,
        contentType: 'text/plain',
        version,
        checksum: keepsHashes ? { value: base64(object.sha256), composite: false } : null,
      })
      expect(await readAll(storage, key, version)).toEqual(content)
      expect((await storage.list(noAbort()).next()).value).toEqual([{ key, bytes: 7 }])
      const other = { ...object, sha256: sha256('other') }
      const putting = storage.putObject(other, [content], noAbort(), nothing)
      if (keepsHashes) await expect(putting).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' })
      else await putting
      expect(await storage.head({ key: 'whole/none', version: null }, noAbort())).toBeNull()
    }),
  )

  test.skipIf(skipped)('puts parts together, and forgets those of an upload that is given up', () =>
    withStorage('parts/', async (storage) => {
      const key = 'parts/a'
      const pieces = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('end')]
      const upload = {
        key,
        uploadId: await storage.createUpload({ key, contentType: 'text/plain' }, noAbort()),
      }
      for (const [n, piece] of pieces.entries()) {
        const part = { number: n + 1, sha256: sha256(piece), bytes: piece.length, chunks: [piece] }
        await storage.putPart(upload, part, noAbort(), nothing)
      }
      const parts = await storage.listParts(upload, noAbort())
      expect(parts?.map(({ number, bytes, checksum }) => [number, bytes, checksum])).toEqual(
        pieces.map((piece, n) => [n + 1, piece.length, keepsHashes ? base64(sha256(piece)) : null]),
      )
      const { version } = await storage.completeUpload(upload, parts ?? [], noAbort())
      expect(await storage.head({ key, version }, noAbort())).toMatchObject({
        bytes: 5 * 1024 * 1024 + 3,
        checksum: keepsHashes ? { composite: true } : null,
      })
      expect(sha256(await readAll(storage, key, version))).toBe(sha256(Buffer.concat(pieces)))

      const given = {
        key,
        uploadId: await storage.createUpload({ key, contentType: 'text/plain' }, noAbort()),
      }
      expect(await storage.uploadsOf(key, noAbort())).toMatchObject([given])
      await storage.abortUpload(given, noAbort())
      await storage.abortUpload(given, noAbort())
      expect(await storage.listParts(given, noAbort())).toBeNull()
      expect(await storage.uploadsOf(key, noAbort())).toEqual([])
    }),
  )
})
