import type { Readable } from 'node:stream'
import type {
  GetObjectCommandInput,
  HeadObjectCommandOutput,
  PutObjectCommandInput,
} from '@aws-sdk/client-s3'
import type { StorageSettings } from '../../shared/storage.ts'
import { connectStorage } from './connect.ts'
import { insist } from './insist.ts'
import { createObjectListing } from './object-listing.ts'
import { createObjectVersions } from './object-versions.ts'
import { storageError } from './storage-errors.ts'
import { type Signed, sendError, sendTo } from './transfer.ts'
import { createUnfinishedUploads } from './unfinished-uploads.ts'

/** A SHA-256 in base64, as S3 writes it. A composite one is that of the parts' hashes, with their number behind a dash. */
export type Checksum = { value: string; composite: boolean }

export type StoredObject = {
  bytes: number
  contentType: string | null
  /** Null: the server keeps none. */
  checksum: Checksum | null
  /** Null: the bucket keeps no versions. */
  version: string | null
  encryption: string | null
}

export type StoredPart = { number: number; bytes: number; etag: string; checksum: string | null }

/** One object of a listing. */
export type Listed = { key: string; bytes: number }

/** An object's way in: its content is known before the first byte is sent. */
export type NewObject = { key: string; bytes: number; contentType: string; sha256: string }

/** Seconds for which a signed address of the console itself is good. */
const signedFor = 900

const base64Of = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')

/**
 * The bucket of one connection. Bytes go over presigned addresses whose signature covers length, type, hash and encryption; all else
 * are small calls. Fails with `STORAGE_REFUSED`, `STORAGE_UNREACHABLE`, `CHECKSUM_MISMATCH` or `CANCELLED`.
 */
export const openStorage = async (settings: StorageSettings, secret: string | null) => {
  const link = await connectStorage(settings, secret)
  const [s3, { getSignedUrl }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/s3-request-presigner'),
  ])
  const { client } = link
  const { bucket: Bucket, prefix } = settings
  const encryption: Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'> =
    settings.encryption === 'bucket'
      ? {}
      : {
          ServerSideEncryption: settings.encryption,
          ...(settings.encryption === 'aws:kms' &&
            settings.kmsKey !== null && { SSEKMSKeyId: settings.kmsKey }),
        }
  const encryptionHeaders: Record<string, string> = {
    ...(encryption.ServerSideEncryption !== undefined && {
      'x-amz-server-side-encryption': encryption.ServerSideEncryption,
    }),
    ...(encryption.SSEKMSKeyId !== undefined && {
      'x-amz-server-side-encryption-aws-kms-key-id': encryption.SSEKMSKeyId,
    }),
  }

  const call = async <Value>(
    doing: string,
    signal: AbortSignal,
    work: () => Promise<Value>,
  ): Promise<Value> => {
    try {
      return await work()
    } catch (error) {
      throw storageError(error, doing, signal)
    }
  }

  /** Asks again after a connection was cut, as one that was kept from earlier may be: what only reads changes nothing. */
  const ask = <Value>(doing: string, signal: AbortSignal, work: () => Promise<Value>): Promise<Value> =>
    insist(() => call(doing, signal, work), signal)

  /** The headers are signed with it: who holds the address can send these bytes, and no others. */
  const signing = (headers: Record<string, string>) => ({
    expiresIn: signedFor,
    signableHeaders: new Set(['host', ...Object.keys(headers)]),
    unhoistableHeaders: new Set(Object.keys(headers)),
  })

  const put = async (
    doing: string,
    to: Signed,
    body: Parameters<typeof sendTo>[2],
    signal: AbortSignal,
    onSent?: (bytes: number) => void,
  ) => {
    try {
      return await sendTo(link, to, body, signal, onSent)
    } catch (error) {
      signal.throwIfAborted()
      throw sendError(error, doing)
    }
  }

  return {
    settings,
    ...createObjectVersions({ s3, client, Bucket, call }),
    ...createObjectListing({ s3, client, Bucket, ask }),
    ...createUnfinishedUploads({ s3, client, Bucket, ask }),

    /** An address from which whoever has it gets the object, under this name, until it expires. */
    linkTo: (
      object: { key: string; version: string | null; contentType: string; disposition: string },
      seconds: number,
      signal: AbortSignal,
    ): Promise<string> =>
      call('sign a link', signal, () =>
        getSignedUrl(
          client,
          new s3.GetObjectCommand({
            Bucket,
            Key: object.key,
            ResponseContentType: object.contentType,
            ResponseContentDisposition: object.disposition,
            ...(object.version !== null && { VersionId: object.version }),
          }),
          { expiresIn: seconds },
        ),
      ),

    /** Stores an object in one piece. Returns its version. */
    async putObject(
      object: NewObject,
      body: Parameters<typeof sendTo>[2],
      signal: AbortSignal,
      onSent: (bytes: number) => void,
    ): Promise<{ version: string | null }> {
      const { key: Key, bytes, contentType, sha256 } = object
      const doing = 'store the document'
      const checksum = base64Of(sha256)
      const headers = {
        'content-length': String(bytes),
        'content-type': contentType,
        'x-amz-checksum-sha256': checksum,
        ...encryptionHeaders,
      }
      const command = new s3.PutObjectCommand({
        Bucket,
        Key,
        ContentLength: bytes,
        ContentType: contentType,
        ChecksumSHA256: checksum,
        ...encryption,
      })
      const url = await call(doing, signal, () => getSignedUrl(client, command, signing(headers)))
      const answer = await put(doing, { url, headers }, body, signal, onSent)
      const version = answer['x-amz-version-id']
      return { version: typeof version === 'string' && version !== 'null' ? version : null }
    },

    /** Begins an upload in parts, each with a SHA-256 of its own. */
    createUpload: (object: Pick<NewObject, 'key' | 'contentType'>, signal: AbortSignal): Promise<string> =>
      call('begin the upload', signal, async () => {
        const { UploadId } = await client.send(
          new s3.CreateMultipartUploadCommand({
            Bucket,
            Key: object.key,
            ContentType: object.contentType,
            ChecksumAlgorithm: 'SHA256',
            ...encryption,
          }),
          { abortSignal: signal },
        )
        if (UploadId === undefined) throw new Error('no upload id')
        return UploadId
      }),

    /** @param sha256 of the part, hex */
    async putPart(
      upload: { key: string; uploadId: string },
      part: { number: number; sha256: string; bytes: number; chunks: readonly Uint8Array[] },
      signal: AbortSignal,
      onSent: (bytes: number) => void,
    ): Promise<StoredPart> {
      const doing = `store part ${part.number}`
      const checksum = base64Of(part.sha256)
      const headers = { 'content-length': String(part.bytes), 'x-amz-checksum-sha256': checksum }
      const command = new s3.UploadPartCommand({
        Bucket,
        Key: upload.key,
        UploadId: upload.uploadId,
        PartNumber: part.number,
        ContentLength: part.bytes,
        ChecksumSHA256: checksum,
      })
      const url = await call(doing, signal, () => getSignedUrl(client, command, signing(headers)))
      const answer = await put(doing, { url, headers }, part.chunks.flatMap(slices), signal, onSent)
      return { number: part.number, bytes: part.bytes, etag: String(answer.etag), checksum }
    },

    /** The parts that are there, in their order. Null: the server does not know the upload. */
    listParts: (
      upload: { key: string; uploadId: string },
      signal: AbortSignal,
    ): Promise<StoredPart[] | null> =>
      ask('list the parts', signal, async () => {
        const found: StoredPart[] = []
        let PartNumberMarker: string | undefined
        for (;;) {
          // The SDK's own pages never end where there is no part: it takes the marker 0 for one to go on from.
          const page = await client
            .send(
              new s3.ListPartsCommand({
                Bucket,
                Key: upload.key,
                UploadId: upload.uploadId,
                ...(PartNumberMarker !== undefined && { PartNumberMarker }),
              }),
              { abortSignal: signal },
            )
            .catch((error: unknown) => {
              // Ceph calls it a key.
              if (error instanceof Error && /^NoSuch(Upload|Key)$/.test(error.name)) return null
              throw error
            })
          if (page === null) return null
          for (const { PartNumber, Size, ETag, ChecksumSHA256 } of page.Parts ?? []) {
            if (PartNumber === undefined || Size === undefined || ETag === undefined) continue
            found.push({ number: PartNumber, bytes: Size, etag: ETag, checksum: ChecksumSHA256 ?? null })
          }
          if (!page.IsTruncated || page.NextPartNumberMarker === undefined) return found
          PartNumberMarker = page.NextPartNumberMarker
        }
      }),

    completeUpload: (
      upload: { key: string; uploadId: string },
      parts: readonly StoredPart[],
      signal: AbortSignal,
    ): Promise<{ version: string | null }> =>
      call('put the parts together', signal, async () => {
        const { VersionId } = await client.send(
          new s3.CompleteMultipartUploadCommand({
            Bucket,
            Key: upload.key,
            UploadId: upload.uploadId,
            MultipartUpload: {
              Parts: parts.map(({ number, etag, checksum }) => ({
                PartNumber: number,
                ETag: etag,
                ...(checksum !== null && { ChecksumSHA256: checksum }),
              })),
            },
          }),
          { abortSignal: signal },
        )
        return { version: VersionId ?? null }
      }),

    /** Gives the room of an upload's parts back. One that is gone is no failure. */
    abortUpload: (upload: { key: string; uploadId: string }, signal: AbortSignal): Promise<void> =>
      ask('abort the upload', signal, async () => {
        try {
          await client.send(
            new s3.AbortMultipartUploadCommand({ Bucket, Key: upload.key, UploadId: upload.uploadId }),
            { abortSignal: signal },
          )
        } catch (error) {
          if (!(error instanceof Error && error.name === 'NoSuchUpload')) throw error
        }
      }),

    /** What is known of an object. Null: it is not there. */
    head: (
      { key: Key, version }: { key: string; version: string | null },
      signal: AbortSignal,
    ): Promise<StoredObject | null> =>
      ask('look at the object', signal, async () => {
        try {
          const found = await client.send(
            new s3.HeadObjectCommand({
              Bucket,
              Key,
              ChecksumMode: 'ENABLED',
              ...(version !== null && { VersionId: version }),
            }),
            { abortSignal: signal },
          )
          return storedObject(found)
        } catch (error) {
          if (error instanceof Error && /^(NotFound|NoSuchKey|NoSuchVersion)$/.test(error.name)) return null
          throw error
        }
      }),

    /** The bytes of an object. Whoever reads checks them. */
    read: (
      object: { key: string; version: string | null; range?: { first: number; last: number } },
      signal: AbortSignal,
    ): Promise<Readable> =>
      ask('read the document', signal, async () => {
        const input: GetObjectCommandInput = {
          Bucket,
          Key: object.key,
          ...(object.version !== null && { VersionId: object.version }),
          ...(object.range !== undefined && { Range: `bytes=${object.range.first}-${object.range.last}` }),
        }
        const { Body } = await client.send(new s3.GetObjectCommand(input), { abortSignal: signal })
        return Body as Readable
      }),

    /** All objects below the prefix, in the order of their keys' bytes, page by page. */
    async *list(signal: AbortSignal, after?: string): AsyncGenerator<Listed[], void, void> {
      let token: string | undefined
      for (;;) {
        const page = await ask('list the objects', signal, () =>
          client.send(
            new s3.ListObjectsV2Command({
              Bucket,
              Prefix: prefix,
              ...(token !== undefined && { ContinuationToken: token }),
              ...(token === undefined && after !== undefined && { StartAfter: after }),
            }),
            { abortSignal: signal },
          ),
        )
        yield (page.Contents ?? []).flatMap(({ Key, Size }) =>
          Key === undefined || Size === undefined ? [] : [{ key: Key, bytes: Size }],
        )
        if (!page.IsTruncated) return
        token = page.NextContinuationToken
      }
    },

    close: () => link.close(),
  }
}

export type Storage = Awaited<ReturnType<typeof openStorage>>

const storedObject = (found: HeadObjectCommandOutput): StoredObject => {
  const { ContentLength, ContentType, ChecksumSHA256, VersionId, ServerSideEncryption } = found
  return {
    bytes: ContentLength ?? 0,
    contentType: ContentType ?? null,
    checksum:
      ChecksumSHA256 === undefined
        ? null
        : {
            value: ChecksumSHA256,
            composite: /-\d+$/.test(ChecksumSHA256) || found.ChecksumType === 'COMPOSITE',
          },
    version: VersionId === undefined || VersionId === 'null' ? null : VersionId,
    encryption: ServerSideEncryption ?? null,
  }
}

/** Small enough for progress to move and a full socket to be noticed. */
const slice = 256 * 1024

const slices = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.byteLength / slice) }, (_, n) =>
    bytes.subarray(n * slice, (n + 1) * slice),
  )
