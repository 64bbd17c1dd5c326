import { createHash, randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openObjectServer, type TestObjectServer } from '../support/object-server.ts'
import { refusal } from '../support/s3-refusal.ts'

const Bucket = 'documents'
const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('base64')
const mebibyte = 2 ** 20

/** What Ceph's S3 lacks, or does in its own way. */
describe('the object server', () => {
  let server: TestObjectServer
  beforeAll(async () => {
    server = await openObjectServer()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const put = (Key: string, Body: string | Buffer, more: Partial<PutObjectCommand['input']> = {}) =>
    server.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))
  const head = (Key: string, more: { VersionId?: string } = {}) =>
    server.client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED', ...more }))
  const blobs = () =>
    readdirSync(join(server.folder, 'blobs'), { recursive: true, encoding: 'utf8' })
      .map((path) => path.split('/').at(-1) ?? '')
      .filter((name) => name.length === 64)

  test('takes no object whose bytes are not those of its SHA-256, its MD5 or its signature', async () => {
    const content = 'as it was meant'
    const wrong = sha256('something else')
    expect(await refusal(put('digest', content, { ChecksumSHA256: wrong }))).toBe('BadDigest')
    const md5 = createHash('md5').update('something else').digest('base64')
    expect(await refusal(put('digest', content, { ContentMD5: md5 }))).toBe('BadDigest')
    expect(await refusal(put('digest', content, { ContentMD5: 'c2hvcnQ=' }))).toBe('InvalidDigest')
    const url = await getSignedUrl(
      server.client,
      new PutObjectCommand({ Bucket, Key: 'digest', ChecksumSHA256: wrong }),
    )
    const linked = await fetch(url, { method: 'PUT', body: content })
    expect(await linked.text()).toContain('<Code>BadDigest</Code>')
    expect(await refusal(head('digest'))).toBe('NotFound')
    expect(readdirSync(join(server.folder, 'unfinished'))).toEqual([])
    expect(blobs()).not.toContain(createHash('sha256').update(content).digest('hex'))

    const ChecksumSHA256 = sha256(content)
    expect(await put('digest', content, { ChecksumSHA256 })).toMatchObject({ ChecksumSHA256 })
    expect(await head('digest')).toMatchObject({ ChecksumSHA256, ChecksumType: 'FULL_OBJECT' })
    const asked = await server.client.send(new HeadObjectCommand({ Bucket, Key: 'digest' }))
    expect(asked.ChecksumSHA256).toBeUndefined()
  })

  test('checks each part, lists its hash, and gives the whole a hash of hashes', async () => {
    const Key = 'checked parts'
    const { UploadId } = await server.client.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: 'SHA256' }),
    )
    const target = { Bucket, Key, UploadId }
    const contents = [randomBytes(5 * mebibyte), randomBytes(10)]
    const send = (PartNumber: number, ChecksumSHA256?: string) =>
      server.client.send(
        new UploadPartCommand({
          ...target,
          PartNumber,
          Body: contents[PartNumber - 1] ?? '',
          ...(ChecksumSHA256 === undefined ? {} : { ChecksumSHA256 }),
        }),
      )
    const checksums = contents.map(sha256)
    expect(await refusal(send(1, checksums[1]))).toBe('BadDigest')
    expect(await refusal(send(1))).toBe('InvalidRequest')
    for (const number of [1, 2]) await send(number, checksums[number - 1])
    const { Parts = [] } = await server.client.send(new ListPartsCommand(target))
    expect(Parts.map(({ ChecksumSHA256 }) => ChecksumSHA256)).toEqual(checksums)
    const complete = (more: { ChecksumSHA256?: string }, strip = false) =>
      server.client.send(
        new CompleteMultipartUploadCommand({
          ...target,
          ...more,
          MultipartUpload: {
            Parts: Parts.map(({ PartNumber, ETag, ChecksumSHA256 }) => ({
              PartNumber,
              ETag,
              ...(strip ? {} : { ChecksumSHA256 }),
            })),
          },
        }),
      )
    const whole = `${sha256(Buffer.concat(checksums.map((one) => Buffer.from(one, 'base64'))))}-2`
    expect(await refusal(complete({}, true))).toBe('InvalidRequest')
    expect(await refusal(complete({ ChecksumSHA256: `${checksums[0]}-2` }))).toBe('BadDigest')
    expect(await complete({ ChecksumSHA256: whole })).toMatchObject({ ChecksumSHA256: whole })
    expect(await head(Key)).toMatchObject({ ChecksumSHA256: whole, ChecksumType: 'COMPOSITE' })
  })

  test('does not replace an object where the client forbids it, even when two come at once', async () => {
    const once = (body: string) => refusal(put('once', body, { IfNoneMatch: '*' }))
    expect((await Promise.all([once('one'), once('two')])).sort()).toEqual(['PreconditionFailed', 'done'])
    expect(await once('three')).toBe('PreconditionFailed')
    const target = { Bucket, Key: 'once' }
    const { UploadId } = await server.client.send(new CreateMultipartUploadCommand(target))
    const part = { PartNumber: 1, Body: 'in parts' }
    const { ETag } = await server.client.send(new UploadPartCommand({ ...target, UploadId, ...part }))
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
    const complete = new CompleteMultipartUploadCommand({
      ...target,
      UploadId,
      MultipartUpload,
      IfNoneMatch: '*',
    })
    expect(await refusal(server.client.send(complete))).toBe('PreconditionFailed')
    await server.client.send(new DeleteObjectCommand({ Bucket, Key: 'once' }))
    expect(await once('four')).toBe('done')
  })

  test('answers with the encryption that was asked for, or that is the bucket’s', async () => {
    expect((await put('plain', 'x')).ServerSideEncryption).toBeUndefined()
    const kms = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'key-1' } as const
    expect(await put('kms', 'x', kms)).toMatchObject(kms)
    expect(await head('kms')).toMatchObject(kms)
    await server.client.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      }),
    )
    await put('default', 'x')
    expect(await head('default')).toMatchObject({ ServerSideEncryption: 'AES256' })
    server.switches.refuseUnencrypted = true
    expect(await refusal(put('refused', 'x'))).toBe('AccessDenied')
    const refused = server.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'refused' }))
    expect(await refusal(refused)).toBe('AccessDenied')
    expect(await refusal(put('encrypted', 'x', { ServerSideEncryption: 'AES256' }))).toBe('done')
    delete server.switches.refuseUnencrypted
  })

  test('wants to know the length before the bytes', async () => {
    const url = new URL(await getSignedUrl(server.client, new PutObjectCommand({ Bucket, Key: 'length' })))
    const status = await new Promise((resolve, reject) => {
      const sent = httpRequest(url, { method: 'PUT' }, (response) => resolve(response.statusCode))
      sent.once('error', reject)
      sent.write('without')
      sent.end()
    })
    expect(status).toBe(411)
  })

  test('keeps the same content once, and drops it with its last object', async () => {
    const content = randomBytes(100)
    const name = createHash('sha256').update(content).digest('hex')
    const [one, two] = [await put('same/1', content), await put('same/2', content)]
    expect(blobs().filter((blob) => blob === name)).toHaveLength(1)
    const remove = (Key: string, VersionId: string | undefined) =>
      server.client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }))
    await remove('same/1', one.VersionId)
    expect(blobs()).toContain(name)
    await remove('same/2', two.VersionId)
    expect(blobs()).not.toContain(name)
  })
})
