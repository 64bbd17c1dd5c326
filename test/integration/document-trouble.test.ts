import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { S3Error } from '../../src/main/object-server/s3-error.ts'
import { patience } from '../../src/main/storage/connect.ts'
import { createDocumentDatabase, openUploads, storageAt } from '../support/documents.ts'
import { openObjectServer, type TestObjectServer, testCredential } from '../support/object-server.ts'
import { startProxy } from '../support/proxy.ts'
import { largeFile, type TestFile, textFile } from '../support/upload-page.ts'
import { watchSteps } from '../support/upload-steps.ts'

const mebibyte = 1024 * 1024
const inParts = 65 * mebibyte

describe('an upload in trouble', () => {
  let on: Awaited<ReturnType<typeof createDocumentDatabase>>
  let server: TestObjectServer
  let count = 0

  beforeAll(async () => {
    on = await createDocumentDatabase()
    server = await openObjectServer({
      credentials: [
        testCredential,
        { accessKeyId: 'GONE', secretAccessKey: 'test-secret', sessionToken: 'x', expires: 0 },
        { accessKeyId: 'READER', secretAccessKey: 'test-secret', deny: ['s3:PutObject'] },
      ],
    })
  })
  afterEach(() => {
    delete server.switches.onRequest
    delete server.switches.refuseUnencrypted
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await on[Symbol.asyncDispose]()
  })

  const small = (): TestFile => textFile(`trouble ${++count}.txt`, `Lot ${count}\n`)
  const stateOf = async (id: string | null): Promise<string | undefined> => {
    const { rows } = await on.owner.query('select state from documents where id = $1', [id])
    return rows[0]?.state
  }

  test.each([
    ['a wrong secret key', { secret: 'wrong' }, {}, /signature wrong/, 'SignatureDoesNotMatch'],
    [
      'an unknown access key',
      {},
      { accessKeyId: 'NOBODY' },
      /does not know this access key/,
      'InvalidAccessKeyId',
    ],
    ['a bucket that is not there', {}, { bucket: 'elsewhere' }, /has no such bucket/, 'NoSuchBucket'],
    ['a key that may not write', {}, { accessKeyId: 'READER' }, /does not allow it/, 'AccessDenied'],
  ])(
    'of %s says so, keeps the row pending, and can be resumed',
    async (_, options, settings, message, detail) => {
      const file = small()
      let documentId: string | null
      {
        await using uploads = await openUploads(on, storageAt(server.url, settings), options)
        const state = await uploads.upload(file)
        expect(state).toMatchObject({ status: 'failed', error: { code: 'STORAGE_REFUSED', detail } })
        expect(state.error?.message).toMatch(message)
        expect(state.error?.remedy).not.toBe('')
        documentId = state.documentId
      }
      expect(await stateOf(documentId)).toBe('pending')
      await using uploads = await openUploads(on, storageAt(server.url))
      expect(await uploads.upload(file, { documentId: documentId ?? '' })).toMatchObject({
        status: 'stored',
        documentId,
      })
    },
  )

  test.each([
    ['ExpiredToken', /credentials have expired/],
    ['RequestTimeTooSkewed', /clock of this machine is wrong/],
  ] as const)('of %s says so', async (code, message) => {
    server.switches.onRequest = () => {
      throw new S3Error(code, 'as the test wants it')
    }
    await using uploads = await openUploads(on, storageAt(server.url))
    const state = await uploads.upload(small())
    expect(state).toMatchObject({ status: 'failed', error: { code: 'STORAGE_REFUSED', detail: code } })
    expect(state.error?.message).toMatch(message)
  })

  test('without a secret key says where it is missing, before any row is made', async () => {
    await using uploads = await openUploads(on, storageAt(server.url), { secret: null })
    const state = await uploads.upload(small())
    expect(state).toMatchObject({ status: 'failed', documentId: null, error: { code: 'KEYCHAIN_LOCKED' } })
  })

  test('to a bucket that takes encrypted objects only passes with encryption and not without', async () => {
    server.switches.refuseUnencrypted = true
    await using plain = await openUploads(on, storageAt(server.url))
    expect(await plain.upload(small())).toMatchObject({ status: 'failed', error: { detail: 'AccessDenied' } })
    await using encrypted = await openUploads(on, storageAt(server.url, { encryption: 'AES256' }))
    expect(await encrypted.upload(small())).toMatchObject({ status: 'stored' })
    expect(await encrypted.upload(largeFile(`encrypted ${++count}.bin`, inParts, count))).toMatchObject({
      status: 'stored',
    })
  })

  test('that is refused in the middle of its parts goes on with those that are there', async () => {
    let refusing = true
    const taken: string[] = []
    server.switches.onRequest = (request, operation) => {
      if (operation !== 'UploadPart') return undefined
      const number = request.query.find(([name]) => name === 'partNumber')?.[1] ?? ''
      if (refusing && number === '5') throw new S3Error('AccessDenied', 'Access Denied')
      return () => void taken.push(number)
    }
    await using uploads = await openUploads(on, storageAt(server.url))
    const state = await uploads.upload(largeFile(`refused ${++count}.bin`, inParts, count))
    expect(state).toMatchObject({
      status: 'failed',
      error: { code: 'STORAGE_REFUSED', detail: 'AccessDenied' },
    })
    expect(taken).toContain('1')
    refusing = false
    const before = new Set(taken.splice(0))
    await uploads.documents.actOnUploads({ uploadIds: [state.id], act: 'retry' })
    expect(await uploads.until(state.id, 'stored', 'failed')).toMatchObject({ status: 'stored', error: null })
    expect(taken.filter((number) => before.has(number))).toEqual([])
  })

  test('whose storage is busy for a moment is told again, and counted', async () => {
    let refusals = 2
    server.switches.onRequest = (_, operation) => {
      if (operation === 'PutObject' && refusals-- > 0)
        throw new S3Error('SlowDown', 'Please reduce your request rate.')
      return undefined
    }
    await using uploads = await openUploads(on, storageAt(server.url))
    expect(await uploads.upload(small())).toMatchObject({ status: 'stored', retries: 2 })
  })

  test('whose bytes are changed on their way is refused by the storage, and never counts as stored', async () => {
    await using tampering = await startTampering(server.port)
    await using uploads = await openUploads(on, storageAt(tampering.url))
    const state = await uploads.upload(textFile(`tampered ${++count}.txt`, 'x'.repeat(1000)))
    expect(state).toMatchObject({ status: 'failed', error: { code: 'CHECKSUM_MISMATCH' } })
    expect(await stateOf(state.documentId)).toBe('pending')
  })

  test('of a storage that keeps other bytes than it said is found out by the last look', async () => {
    await using lying = await startLying()
    await using uploads = await openUploads(on, storageAt(lying.url))
    const state = await uploads.upload(small())
    expect(state).toMatchObject({ status: 'failed', error: { code: 'CHECKSUM_MISMATCH' } })
    expect(await stateOf(state.documentId)).toBe('pending')
  })

  test.each([
    ['in one piece', 300_000],
    ['in parts', inParts],
  ])(
    'of a file that changes while it is sent %s is refused, and nothing of it is stored',
    async (_, bytes) => {
      const file = largeFile(`changing ${++count}.bin`, bytes, count)
      let reads = 0
      const chunks = Math.ceil(bytes / (4 * mebibyte))
      const changing: TestFile = {
        ...file,
        read(offset, length) {
          const read = file.read(offset, length)
          // The last chunk of the second reading.
          if (++reads === 2 * chunks) read[0] = (read[0] ?? 0) ^ 1
          return read
        },
      }
      await using uploads = await openUploads(on, storageAt(server.url))
      const state = await uploads.upload(changing)
      expect(state).toMatchObject({ status: 'failed', error: { code: 'CONFLICT' } })
      expect(state.error?.message).toMatch(/changed while it was uploaded/)
      expect(await stateOf(state.documentId)).toBe('pending')
    },
  )

  test('of a file that can no longer be read says so', async () => {
    const gone: TestFile = {
      name: `gone ${++count}.txt`,
      bytes: 10,
      read: () => {
        throw new Error('ENOENT')
      },
    }
    await using uploads = await openUploads(on, storageAt(server.url))
    expect(await uploads.upload(gone)).toMatchObject({ status: 'failed', error: { code: 'CONFLICT' } })
  })

  test('is resumed with the same file only', async () => {
    server.switches.onRequest = (_, operation) => {
      if (operation === 'PutObject') throw new S3Error('AccessDenied', 'Access Denied')
      return undefined
    }
    const file = small()
    await using uploads = await openUploads(on, storageAt(server.url))
    const { documentId } = await uploads.upload(file)
    delete server.switches.onRequest
    const other = { ...small(), name: file.name }
    expect(await uploads.upload(other, { documentId: documentId ?? '' })).toMatchObject({
      status: 'failed',
      error: { code: 'CONFLICT', message: expect.stringMatching(/not the file/) },
    })
  })

  test('that is given up leaves a row that says so, and no parts', async () => {
    const reached = Promise.withResolvers<void>()
    const held = Promise.withResolvers<undefined>()
    server.switches.onRequest = (request, operation) => {
      if (operation !== 'UploadPart') return undefined
      const isFourth = request.query.some(([name, value]) => name === 'partNumber' && value === '4')
      if (!isFourth) return undefined
      reached.resolve()
      return held.promise
    }
    await using uploads = await openUploads(on, storageAt(server.url))
    const [added] = await uploads.add([largeFile(`given up ${++count}.bin`, inParts, count)])
    const id = added?.id ?? ''
    await reached.promise
    await uploads.documents.actOnUploads({ uploadIds: [id], act: 'cancel' })
    const state = await uploads.until(id, 'cancelled', 'failed')
    held.resolve(undefined)
    expect(state).toMatchObject({ status: 'cancelled', error: null })
    expect(await stateOf(state.documentId)).toBe('abandoned')
    const left = await server.client.send(new ListMultipartUploadsCommand({ Bucket: 'documents' }))
    const { rows } = await on.owner.query('select s3_key from documents where id = $1', [state.documentId])
    expect((left.Uploads ?? []).map(({ Key }) => Key)).not.toContain(rows[0].s3_key)
  })

  test('stands still while it is paused, and goes on afterwards', async () => {
    await using uploads = await openUploads(on, storageAt(server.url))
    const reached = Promise.withResolvers<void>()
    let ids: string[] = []
    let parts = 0
    server.switches.onRequest = (_, operation) => {
      if (operation !== 'UploadPart') return undefined
      parts += 1
      if (parts === 1)
        void uploads.documents.actOnUploads({ uploadIds: ids, act: 'pause' }).then(() => reached.resolve())
      return undefined
    }
    const [added] = await uploads.add([largeFile(`paused ${++count}.bin`, inParts, count)])
    ids = [added?.id ?? '']
    await reached.promise
    await expect.poll(async () => (await uploads.state(ids[0] ?? '')).paused).toBe(true)
    // No more than what was on its way when it was paused.
    expect(parts).toBeLessThanOrEqual(4)
    await uploads.documents.actOnUploads({ uploadIds: ids, act: 'resume' })
    expect(await uploads.until(ids[0] ?? '', 'stored', 'failed')).toMatchObject({ status: 'stored' })
  })

  test('whose storage stands still keeps no other from being stored, nor the memory for more parts than one each', async () => {
    await using uploads = await openUploads(on, storageAt(server.url))
    const standing = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    const atOnce = new Map<string, number>()
    let [first, most]: [string | null, number] = [null, 0]
    server.switches.onRequest = async ({ key }, operation) => {
      if (operation !== 'UploadPart' || key === null) return undefined
      first ??= key
      const now = (atOnce.get(key) ?? 0) + 1
      atOnce.set(key, now)
      if (key === first) {
        if (now === 3) standing.resolve()
        await released.promise
      } else most = Math.max(most, now)
      return () => void atOnce.set(key, (atOnce.get(key) ?? 0) - 1)
    }
    const large = (name: string) => largeFile(`${name} ${++count}.bin`, inParts, count)
    const [stuck] = await uploads.add([large('stuck')])
    await standing.promise
    const added = await uploads.add([large('other'), large('third')])
    for (const { id } of added) {
      expect(await uploads.until(id, 'stored', 'failed')).toMatchObject({ status: 'stored', error: null })
    }
    expect(most).toBe(1)
    released.resolve()
    expect(await uploads.until(stuck?.id ?? '', 'stored', 'failed')).toMatchObject({ status: 'stored' })
  })

  test('in one piece is broken off by a pause, and sent anew afterwards', async () => {
    await using uploads = await openUploads(on, storageAt(server.url))
    const reached = Promise.withResolvers<void>()
    const held = Promise.withResolvers<undefined>()
    let puts = 0
    server.switches.onRequest = (_, operation) => {
      if (operation !== 'PutObject') return undefined
      puts += 1
      reached.resolve()
      return puts === 1 ? held.promise : undefined
    }
    const [added] = await uploads.add([largeFile(`broken off ${++count}.bin`, 9 * mebibyte, count)])
    const uploadIds = [added?.id ?? '']
    await reached.promise
    await uploads.documents.actOnUploads({ uploadIds, act: 'pause' })
    await uploads.documents.actOnUploads({ uploadIds, act: 'resume' })
    const state = await uploads.until(uploadIds[0] ?? '', 'stored', 'failed')
    held.resolve(undefined)
    expect(state).toMatchObject({ status: 'stored', retries: 0 })
    expect(puts).toBe(2)
  })

  test('whose connection goes silent ends with words instead of waiting for ever', async () => {
    const usual = { ...patience }
    Object.assign(patience, { connecting: 300, silence: 300 })
    try {
      await using proxy = await startProxy({ host: '127.0.0.1', port: server.port })
      const watch = watchSteps((step) => step.startsWith('began PUT') && proxy.freeze())
      await using uploads = await openUploads(on, storageAt(`http://127.0.0.1:${proxy.port}`))
      const state = await uploads.upload(small())
      watch.end()
      expect(state).toMatchObject({ status: 'failed', retries: 3, error: { code: 'STORAGE_UNREACHABLE' } })
      expect(state.error?.message).toMatch(/did not answer in time/)
      proxy.thaw()
      await uploads.documents.actOnUploads({ uploadIds: [state.id], act: 'retry' })
      expect(await uploads.until(state.id, 'stored', 'failed')).toMatchObject({ status: 'stored' })
    } finally {
      Object.assign(patience, usual)
    }
  }, 60_000)

  test('of a file that is larger than any one request goes in parts that S3 takes', async () => {
    const { partSizeOf } = await import('../../src/main/documents/part-hashes.ts')
    for (const bytes of [5 * 1024 ** 3 + 1, 100 * 1024 ** 3, 5 * 1024 ** 4]) {
      const size = partSizeOf(bytes)
      expect(Math.ceil(bytes / size)).toBeLessThanOrEqual(10_000)
      expect(size % (4 * mebibyte)).toBe(0)
      expect(size).toBeLessThanOrEqual(5 * 1024 ** 3)
    }
  })
})

type Listening = { url: string; [Symbol.asyncDispose](): Promise<void> }

const listen = async (server: Server): Promise<Listening> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Passes requests on as they are, with the last byte of each body changed. */
const startTampering = async (port: number): Promise<Listening> => {
  const { request } = await import('node:http')
  return listen(
    createServer((incoming, outgoing) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => {
        const body = Buffer.concat(chunks)
        if (body.length > 0) body[body.length - 1] = (body.at(-1) ?? 0) ^ 1
        const { method, url, headers } = incoming
        const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
          answer.pipe(outgoing)
        })
        onward.end(body)
      })
    }),
  )
}

/** Says that it took an object, and has another one. It knows no checksums, as older servers do. */
const startLying = (): Promise<Listening> =>
  listen(
    createServer((incoming, outgoing) => {
      incoming.resume()
      incoming.on('end', () => {
        outgoing.setHeader('etag', '"x"')
        const body = 'other bytes'
        if (incoming.method === 'PUT') return outgoing.end()
        outgoing.setHeader('content-length', body.length)
        outgoing.end(incoming.method === 'HEAD' ? undefined : body)
      })
    }),
  )
