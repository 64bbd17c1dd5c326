import { createHash, randomBytes } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, describe, expect, test } from 'vitest'
import { s3Client } from '../support/object-server.ts'
import { openS3Peers, type S3Peer } from '../support/s3-peers.ts'
import { refusal } from '../support/s3-refusal.ts'

const Bucket = 'documents'
const md5 = (content: string | Buffer): string => createHash('md5').update(content).digest('hex')
const mebibyte = 2 ** 20

/** The same promises are kept by a server that others wrote. Where there is none, a string says why. */
describe.each(await openS3Peers())('S3 as $name speaks it', ({ name, peer: opened }) => {
  const skipped = typeof opened === 'string'
  describe.skipIf(skipped)(skipped ? `(${name} ${opened})` : '', () => {
    const peer = opened as S3Peer
    /** Where Ceph 16 does otherwise than Amazon. */
    const ceph = name === 'Ceph'
    const noParts = ceph ? 'NoSuchKey' : 'NoSuchUpload'
    afterAll(() => peer[Symbol.asyncDispose]())

    const put = (Key: string, Body: string | Buffer) =>
      peer.client.send(new PutObjectCommand({ Bucket, Key, Body }))
    const read = async (Key: string, more: { VersionId?: string; Range?: string } = {}): Promise<string> => {
      const { Body } = await peer.client.send(new GetObjectCommand({ Bucket, Key, ...more }))
      return (await Body?.transformToString()) ?? ''
    }

    test('gives back what was put, with its type, its own headers and its hash', async () => {
      const content = randomBytes(70_000)
      const Key = 'put/Prüfbericht 1+2 (final)!.pdf'
      await peer.client.send(
        new PutObjectCommand({
          Bucket,
          Key,
          Body: content,
          ContentType: 'application/pdf',
          Metadata: { lot: 'VX-20001' },
        }),
      )
      const found = await peer.client.send(new GetObjectCommand({ Bucket, Key }))
      expect(Buffer.from((await found.Body?.transformToByteArray()) ?? [])).toEqual(content)
      const head = await peer.client.send(new HeadObjectCommand({ Bucket, Key }))
      for (const one of [found, head]) {
        expect(one).toMatchObject({
          ContentLength: content.length,
          ContentType: 'application/pdf',
          ETag: `"${md5(content)}"`,
          Metadata: { lot: 'VX-20001' },
          VersionId: expect.any(String),
          LastModified: expect.any(Date),
        })
      }
    })

    test('gives a range of the bytes, and refuses one that lies behind them', async () => {
      await put('range', '0123456789')
      expect(await read('range', { Range: 'bytes=2-4' })).toBe('234')
      expect(await read('range', { Range: 'bytes=7-' })).toBe('789')
      expect(await read('range', { Range: 'bytes=-2' })).toBe('89')
      expect(await refusal(read('range', { Range: 'bytes=10-' }))).toBe('InvalidRange')
    })

    test('names what is not there', async () => {
      expect(await refusal(read('missing'))).toBe('NoSuchKey')
      expect(await refusal(peer.client.send(new HeadObjectCommand({ Bucket, Key: 'missing' })))).toBe(
        'NotFound',
      )
      expect(await refusal(peer.client.send(new HeadBucketCommand({ Bucket: 'no-such-bucket' })))).toBe(
        'NotFound',
      )
      const elsewhere = new PutObjectCommand({ Bucket: 'no-such-bucket', Key: 'x', Body: 'x' })
      expect(await refusal(peer.client.send(elsewhere))).toBe('NoSuchBucket')
      const UploadId = 'none'
      expect(await refusal(peer.client.send(new ListPartsCommand({ Bucket, Key: 'x', UploadId })))).toBe(
        noParts,
      )
    })

    test('lists keys in the order of their bytes, folded at a delimiter, page by page', async () => {
      const keys = ['list/a', 'list/b/1', 'list/b/2', 'list/c', 'list/é', 'list/ｚ', 'list/😀']
      for (const key of [...keys].reverse()) await put(key, key)
      const pages: string[] = []
      let ContinuationToken: string | undefined
      do {
        const page = await peer.client.send(
          new ListObjectsV2Command({ Bucket, Prefix: 'list/', MaxKeys: 2, ContinuationToken }),
        )
        pages.push((page.Contents ?? []).map(({ Key }) => Key).join(' '))
        ContinuationToken = page.NextContinuationToken
      } while (ContinuationToken !== undefined)
      expect(pages).toEqual(['list/a list/b/1', 'list/b/2 list/c', 'list/é list/ｚ', 'list/😀'])
      const folded = await peer.client.send(
        new ListObjectsV2Command({ Bucket, Prefix: 'list/', Delimiter: '/', MaxKeys: 2 }),
      )
      expect(folded).toMatchObject({
        Contents: [{ Key: 'list/a', Size: 6, ETag: `"${md5('list/a')}"` }],
        CommonPrefixes: [{ Prefix: 'list/b/' }],
        IsTruncated: true,
      })
    })

    test('keeps every version, and hides an object behind a delete marker', async () => {
      const Key = 'versions/one'
      const [first, second] = [await put(Key, 'first'), await put(Key, 'second')]
      expect(await read(Key)).toBe('second')
      expect(await read(Key, { VersionId: first.VersionId ?? '' })).toBe('first')

      const marker = await peer.client.send(new DeleteObjectCommand({ Bucket, Key }))
      expect(marker.DeleteMarker).toBe(true)
      expect(await refusal(read(Key))).toBe('NoSuchKey')
      const list = () => peer.client.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }))
      const listed = await list()
      expect(listed.Versions?.map(({ VersionId, IsLatest, Size }) => [VersionId, IsLatest, Size])).toEqual([
        [second.VersionId, false, 6],
        [first.VersionId, false, 5],
      ])
      expect(listed.DeleteMarkers).toMatchObject([{ VersionId: marker.VersionId, IsLatest: true }])

      // Without the marker the object is back; a version that is deleted is gone.
      await peer.client.send(new DeleteObjectCommand({ Bucket, Key, VersionId: marker.VersionId }))
      expect(await read(Key)).toBe('second')
      await peer.client.send(new DeleteObjectCommand({ Bucket, Key, VersionId: second.VersionId }))
      expect(await read(Key)).toBe('first')
      expect((await list()).Versions).toHaveLength(1)
    })

    test('lists versions page by page', async () => {
      const made: (string | undefined)[] = []
      for (const n of [1, 2, 3]) made.unshift((await put('paged/a', String(n))).VersionId)
      made.push((await put('paged/b', 'b')).VersionId)
      const seen: (string | undefined)[] = []
      let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {}
      while (marker !== undefined) {
        const page: ListObjectVersionsCommandOutput = await peer.client.send(
          new ListObjectVersionsCommand({ Bucket, Prefix: 'paged/', MaxKeys: 2, ...marker }),
        )
        seen.push(...(page.Versions ?? []).map(({ VersionId }) => VersionId))
        marker = page.IsTruncated
          ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
          : undefined
      }
      expect(seen).toEqual(made)
    })

    test('deletes many at once', async () => {
      for (const key of ['many/1', 'many/2']) await put(key, key)
      const Objects = ['many/1', 'many/2', 'many/none'].map((Key) => ({ Key }))
      const { Deleted, Errors } = await peer.client.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects } }),
      )
      expect(Deleted?.map(({ Key }) => Key).sort()).toEqual(['many/1', 'many/2', 'many/none'])
      expect(Errors ?? []).toEqual([])
      expect(await refusal(read('many/1'))).toBe('NoSuchKey')
    })

    test('copies an object', async () => {
      await put('copy/from', 'copied')
      const CopySource = `${Bucket}/copy/from`
      await peer.client.send(new CopyObjectCommand({ Bucket, Key: 'copy/to', CopySource }))
      expect(await read('copy/to')).toBe('copied')
    })

    describe('an upload in parts', () => {
      const parts = [randomBytes(5 * mebibyte), randomBytes(1000)] as const
      const begin = async (Key: string) => {
        const { UploadId } = await peer.client.send(
          new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'application/pdf' }),
        )
        const target = { Bucket, Key, UploadId }
        return {
          ...target,
          send: async (PartNumber: number, Body: Buffer) => ({
            PartNumber,
            ETag: (await peer.client.send(new UploadPartCommand({ ...target, PartNumber, Body }))).ETag,
          }),
          complete: (Parts: { PartNumber: number; ETag: string | undefined }[]) =>
            peer.client.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts } })),
          listed: async () => (await peer.client.send(new ListPartsCommand(target))).Parts ?? [],
          abort: () => peer.client.send(new AbortMultipartUploadCommand(target)),
        }
      }

      test('becomes one object, once it is completed', async () => {
        const upload = await begin('parts/whole')
        // A part may be sent again.
        await upload.send(2, parts[0])
        const sent = [await upload.send(1, parts[0]), await upload.send(2, parts[1])]
        expect(await upload.listed()).toMatchObject([
          { PartNumber: 1, Size: 5 * mebibyte, ETag: `"${md5(parts[0])}"` },
          { PartNumber: 2, Size: 1000, ETag: `"${md5(parts[1])}"` },
        ])
        expect(await refusal(read('parts/whole'))).toBe('NoSuchKey')
        const { ETag } = await upload.complete(sent)
        const digests = Buffer.concat(parts.map((part) => createHash('md5').update(part).digest()))
        // Ceph tells it of the object only.
        const expected = `"${md5(digests)}-2"`
        expect(ETag).toBe(ceph ? '' : expected)
        const found = await peer.client.send(new GetObjectCommand({ Bucket, Key: 'parts/whole' }))
        expect(found).toMatchObject({
          ETag: expected,
          ContentType: 'application/pdf',
          ContentLength: 5 * mebibyte + 1000,
        })
        expect(md5(Buffer.from((await found.Body?.transformToByteArray()) ?? []))).toBe(
          md5(Buffer.concat(parts)),
        )
        const acrossParts = await peer.client.send(
          new GetObjectCommand({
            Bucket,
            Key: 'parts/whole',
            Range: `bytes=${5 * mebibyte - 2}-${5 * mebibyte + 1}`,
          }),
        )
        expect(Buffer.from((await acrossParts.Body?.transformToByteArray()) ?? [])).toEqual(
          Buffer.concat([parts[0].subarray(-2), parts[1].subarray(0, 2)]),
        )
        expect(await refusal(upload.listed())).toBe(noParts)
      })

      test('is refused when a part is too small, unknown or out of order', async () => {
        const upload = await begin('parts/refused')
        const [small, other] = [await upload.send(1, parts[1]), await upload.send(2, parts[0])]
        expect(await refusal(upload.complete([small, other]))).toBe('EntityTooSmall')
        // Ceph sorts them by itself.
        const unsorted = ceph ? 'EntityTooSmall' : 'InvalidPartOrder'
        expect(await refusal(upload.complete([other, small]))).toBe(unsorted)
        const unknown = { PartNumber: 3, ETag: small.ETag }
        expect(await refusal(upload.complete([unknown]))).toBe('InvalidPart')
        await upload.abort()
      })

      test('is listed while it is unfinished, and gone with its parts when it is aborted', async () => {
        const upload = await begin('parts/aborted')
        await upload.send(1, parts[1])
        const list = async () =>
          ((await peer.client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).filter(
            ({ Key }) => Key === 'parts/aborted',
          )
        expect(await list()).toMatchObject([{ UploadId: upload.UploadId, Initiated: expect.any(Date) }])
        await upload.abort()
        expect(await list()).toEqual([])
        expect(await refusal(upload.send(2, parts[1]))).toBe('NoSuchUpload')
      })
    })

    describe('a presigned link', () => {
      const sign = (Key: string, headers: Record<string, string> = {}, expiresIn = 60) => {
        const command = new PutObjectCommand({ Bucket, Key, ContentLength: 4 })
        command.middlewareStack.add(
          (next) => (args) => {
            Object.assign((args.request as { headers: Record<string, string> }).headers, headers)
            return next(args)
          },
          { step: 'build' },
        )
        const signed = new Set(Object.keys(headers))
        return getSignedUrl(peer.client, command, {
          expiresIn,
          unhoistableHeaders: signed,
          signableHeaders: new Set([...signed, 'content-length', 'host']),
        })
      }
      const send = async (url: string, body: string, headers: Record<string, string> = {}) => {
        const response = await fetch(url, { method: 'PUT', body, headers })
        return [response.status, /<Code>(.*)<\/Code>/.exec(await response.text())?.[1] ?? 'done']
      }

      test('lets its holder put what it says, and nothing else', async () => {
        const headers = { 'content-type': 'application/pdf', 'x-amz-meta-lot': 'VX-1' }
        const url = await sign('signed/put', headers)
        expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toBe(
          'content-length;content-type;host;x-amz-meta-lot',
        )
        const wrong = [403, 'SignatureDoesNotMatch']
        expect(await send(url, 'more than that', headers)).toEqual(wrong)
        expect(await send(url, 'four', { ...headers, 'content-type': 'text/html' })).toEqual(wrong)
        expect(await send(url, 'four', { 'content-type': 'application/pdf' })).toEqual(wrong)
        expect(await send(url.replace('signed/put', 'signed/other'), 'four', headers)).toEqual(wrong)
        expect(await send(url, 'four', headers)).toEqual([200, 'done'])
        const head = await peer.client.send(new HeadObjectCommand({ Bucket, Key: 'signed/put' }))
        expect(head).toMatchObject({
          ContentType: 'application/pdf',
          ContentLength: 4,
          Metadata: { lot: 'VX-1' },
        })
      })

      test('is refused once its time is over, or before it has come', async () => {
        const at = (minutes: number) =>
          getSignedUrl(peer.client, new GetObjectCommand({ Bucket, Key: 'signed/read' }), {
            expiresIn: 60,
            signingDate: new Date(Date.now() + minutes * 60_000),
          })
        await put('signed/read', 'read')
        expect(await (await fetch(await at(0))).text()).toBe('read')
        // Ceph takes a link from the future.
        for (const minutes of ceph ? [-2] : [-2, 20]) {
          const response = await fetch(await at(minutes))
          expect([minutes, response.status]).toEqual([minutes, 403])
          expect(await response.text()).toMatch(/<Code>(AccessDenied|RequestTimeTooSkewed)<\/Code>/)
        }
      })

      test('names the file and type that the reader gets', async () => {
        await put('signed/named', 'read')
        const url = await getSignedUrl(
          peer.client,
          new GetObjectCommand({
            Bucket,
            Key: 'signed/named',
            ResponseContentType: 'text/plain',
            ResponseContentDisposition: 'attachment; filename="a b.txt"',
          }),
        )
        const { headers } = await fetch(url)
        expect(headers.get('content-type')).toBe('text/plain')
        expect(headers.get('content-disposition')).toBe('attachment; filename="a b.txt"')
      })
    })

    test('refuses who is unknown, and who has another secret', async () => {
      for (const [change, code] of [
        [{ accessKeyId: 'NOBODY' }, 'InvalidAccessKeyId'],
        [{ secretAccessKey: 'guessed' }, 'SignatureDoesNotMatch'],
      ] as const) {
        const other = s3Client(peer.url, { ...peer.credential, ...change })
        expect(await refusal(other.send(new ListObjectsV2Command({ Bucket })))).toBe(code)
        other.destroy()
      }
      const anonymous = await fetch(`${peer.url}/${Bucket}`)
      expect(anonymous.status).toBe(403)
    })

    describe('Object Lock', () => {
      const remove = (Key: string, VersionId: string | undefined, BypassGovernanceRetention?: boolean) =>
        refusal(
          peer.client.send(
            new DeleteObjectCommand({
              Bucket,
              Key,
              VersionId,
              ...(BypassGovernanceRetention === undefined ? {} : { BypassGovernanceRetention }),
            }),
          ),
        )
      const inAnHour = () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000)

      test('is on, with versions, from the making of the bucket', async () => {
        const versioning = await peer.client.send(new GetBucketVersioningCommand({ Bucket }))
        expect(versioning.Status).toBe('Enabled')
        const lock = await peer.client.send(new GetObjectLockConfigurationCommand({ Bucket }))
        expect(lock.ObjectLockConfiguration).toEqual({ ObjectLockEnabled: 'Enabled' })
      })

      test('a legal hold keeps a version until it is lifted', async () => {
        const Key = 'lock/held'
        const { VersionId } = await put(Key, 'held')
        const hold = (Status: 'ON' | 'OFF') =>
          peer.client.send(new PutObjectLegalHoldCommand({ Bucket, Key, VersionId, LegalHold: { Status } }))
        await hold('ON')
        const held = await peer.client.send(new GetObjectLegalHoldCommand({ Bucket, Key, VersionId }))
        expect(held.LegalHold?.Status).toBe('ON')
        expect(await remove(Key, VersionId)).toBe('AccessDenied')
        expect(await remove(Key, VersionId, true)).toBe('AccessDenied')
        expect(await read(Key)).toBe('held')
        await hold('OFF')
        expect(await remove(Key, VersionId)).toBe('done')
      })

      test('a retention in governance can be passed by whoever may, and says so', async () => {
        const Key = 'lock/governance'
        const RetainUntilDate = inAnHour()
        const { VersionId } = await peer.client.send(
          new PutObjectCommand({
            Bucket,
            Key,
            Body: 'x',
            ObjectLockMode: 'GOVERNANCE',
            ObjectLockRetainUntilDate: RetainUntilDate,
          }),
        )
        const found = await peer.client.send(new GetObjectRetentionCommand({ Bucket, Key, VersionId }))
        expect(found.Retention).toEqual({ Mode: 'GOVERNANCE', RetainUntilDate })
        // A marker hides the object and takes nothing away.
        expect(await remove(Key, undefined)).toBe('done')
        expect(await remove(Key, VersionId)).toBe('AccessDenied')
        expect(await remove(Key, VersionId, true)).toBe('done')
      })

      test('a retention in compliance is nobody’s to shorten or pass', async () => {
        const Key = 'lock/compliance'
        const { VersionId } = await put(Key, 'x')
        const retain = (Mode: 'GOVERNANCE' | 'COMPLIANCE', RetainUntilDate: Date) =>
          refusal(
            peer.client.send(
              new PutObjectRetentionCommand({
                Bucket,
                Key,
                VersionId,
                Retention: { Mode, RetainUntilDate },
                BypassGovernanceRetention: true,
              }),
            ),
          )
        const until = inAnHour()
        expect(await retain('COMPLIANCE', until)).toBe('done')
        expect(await retain('COMPLIANCE', new Date(until.getTime() - 60_000))).toBe('AccessDenied')
        expect(await retain('GOVERNANCE', until)).toBe('AccessDenied')
        expect(await retain('COMPLIANCE', new Date(until.getTime() + 60_000))).toBe('done')
        expect(await remove(Key, VersionId, true)).toBe('AccessDenied')
        expect(await read(Key)).toBe('x')
      })
    })
  })
})
