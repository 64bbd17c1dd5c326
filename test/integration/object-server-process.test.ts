import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { expect, inject, test } from 'vitest'
import { s3Client, spawnObjectServer } from '../support/object-server.ts'
import { refusal } from '../support/s3-refusal.ts'

const Bucket = 'documents'

test('a kill of the object server leaves every object that was answered, whole, and none that was not', async () => {
  const folder = mkdtempSync(join(inject('runFolder'), 'objects-'))
  let server = await spawnObjectServer({ folder })
  const client = s3Client(server.url)
  const hashes = new Map<string, string>()
  try {
    await client.send(new CreateBucketCommand({ Bucket }))
    const upload = { Bucket, Key: 'parts' }
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload))
    await client.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'part' }))

    // Killed while some are on their way and one is half sent.
    const url = new URL(await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: 'half' })))
    const half = request(url, { method: 'PUT', headers: { 'content-length': 2_000_000 } })
    const cut = new Promise((resolve) => half.once('error', resolve))
    half.write(randomBytes(1_000_000))
    await expect.poll(() => readdirSync(join(folder, 'unfinished')).length).toBeGreaterThan(0)
    let sent = 0
    const sending = async (): Promise<void> => {
      for (;;) {
        const Key = `object-${sent++}`
        const Body = randomBytes(200_000)
        if ((await refusal(client.send(new PutObjectCommand({ Bucket, Key, Body })))) !== 'done') return
        hashes.set(Key, createHash('sha256').update(Body).digest('hex'))
      }
    }
    const senders = [1, 2, 3].map(sending)
    await expect.poll(() => hashes.size).toBeGreaterThan(20)
    await server.kill()
    await Promise.all([...senders, cut])

    server = await spawnObjectServer({ folder, port: server.port })
    expect(readdirSync(join(folder, 'unfinished'))).toEqual([])
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }))
    const keys = Contents.map(({ Key }) => Key)
    expect(keys).toEqual(expect.arrayContaining([...hashes.keys()]))
    expect(keys).not.toContain('half')
    for (const Key of keys) {
      const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket, Key }))
      const content = Buffer.from((await Body?.transformToByteArray()) ?? [])
      expect(ETag).toBe(`"${createHash('md5').update(content).digest('hex')}"`)
      const expected = hashes.get(Key ?? '')
      if (expected !== undefined) expect(createHash('sha256').update(content).digest('hex')).toBe(expected)
    }
    const { Parts } = await client.send(new ListPartsCommand({ ...upload, UploadId }))
    expect(Parts).toMatchObject([{ PartNumber: 1, Size: 4 }])
  } finally {
    client.destroy()
    await server.kill()
  }
})

test.skipIf(process.platform !== 'linux')('the object server holds no body in memory', async () => {
  const server = await spawnObjectServer({ folder: mkdtempSync(join(inject('runFolder'), 'objects-')) })
  const client = s3Client(server.url)
  /** The most that the process ever had, in bytes. */
  const most = () =>
    1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1])
  const piece = randomBytes(2 ** 20)
  const exchange = async (Key: string, pieces: number) => {
    const content = Array.from({ length: pieces }, () => piece)
    const ContentLength = pieces * piece.length
    await client.send(new PutObjectCommand({ Bucket, Key, Body: Readable.from(content), ContentLength }))
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
    let bytes = 0
    for await (const chunk of Body as Readable) bytes += chunk.length
    expect(bytes).toBe(ContentLength)
  }
  try {
    await client.send(new CreateBucketCommand({ Bucket }))
    await exchange('small', 16)
    const before = most()
    await exchange('large', 192)
    expect(most() - before).toBeLessThan(64 * 2 ** 20)
  } finally {
    client.destroy()
    await server.kill()
  }
})
