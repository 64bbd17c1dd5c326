import { createHash } from 'node:crypto'
import { receiveText } from './body.ts'
import { makeVersion } from './make-version.ts'
import { encryptionHeaders } from './object-headers.ts'
import { bucketOf, type Call, keyOf, type Operation, versionHeader, xmlReply } from './operation.ts'
import { S3Error } from './s3-error.ts'
import { header, parameter } from './s3-request.ts'
import { findUpload, type Part, partsOf, removeUpload, type Upload } from './uploads.ts'
import { childrenOf, readXml, textOf, type XmlElement } from './xml.ts'

const smallestPart = 5 * 2 ** 20

const invalidPart = (number: number): S3Error =>
  new S3Error(
    'InvalidPart',
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { more: { PartNumber: String(number) } },
  )

/** Those of the upload's parts that the request names, in its order. */
const chosenParts = (upload: Upload, uploaded: readonly Part[], named: readonly XmlElement[]): Part[] => {
  if (named.length === 0) throw new S3Error('MalformedXML', 'An upload is completed with one part at least')
  const parts = named.map((element) => {
    const number = Number(textOf(element, 'PartNumber'))
    const part = uploaded.find((one) => one.number === number)
    const etag = textOf(element, 'ETag')?.replaceAll('"', '')
    const checksum = textOf(element, 'ChecksumSHA256')
    if (part === undefined || part.etag !== `"${etag}"`) throw invalidPart(number)
    if (upload.checksums && checksum === undefined) {
      throw new S3Error(
        'InvalidRequest',
        `The upload was created using a sha256 checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      )
    }
    if (checksum !== undefined && checksum !== part.checksum) throw invalidPart(number)
    return part
  })
  if (parts.some(({ number }, at) => number <= (parts[at - 1]?.number ?? 0))) {
    throw new S3Error(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
    )
  }
  const small = parts.slice(0, -1).find(({ bytes }) => bytes < smallestPart)
  if (small !== undefined) {
    throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
      more: {
        ProposedSize: String(small.bytes),
        MinSizeAllowed: String(smallestPart),
        PartNumber: String(small.number),
      },
    })
  }
  return parts
}

const compositeChecksum = ({ request }: Call, upload: Upload, parts: readonly Part[]): string | null => {
  if (!upload.checksums) return null
  const hash = createHash('sha256')
  for (const { checksum } of parts) hash.update(Buffer.from(checksum ?? '', 'base64'))
  const found = `${hash.digest('base64')}-${parts.length}`
  const expected = header(request, 'x-amz-checksum-sha256')
  if (expected !== undefined && expected !== found && `${expected}-${parts.length}` !== found) {
    throw new S3Error('BadDigest', 'The SHA256 you specified did not match the calculated checksum.')
  }
  return found
}

export const completeUpload: Operation = {
  name: 'CompleteMultipartUpload',
  action: 's3:PutObject',
  async run(call) {
    const { index, request, region } = call
    const bucket = bucketOf(call)
    const key = keyOf(call)
    const named = childrenOf(readXml(await receiveText(request, call.payload, 'object')), 'Part')
    const upload = findUpload(index, bucket.name, key, parameter(request, 'uploadId') ?? '')
    const uploaded = partsOf(index, upload.id)
    const parts = chosenParts(upload, uploaded, named)
    const hash = createHash('md5')
    for (const { etag } of parts) hash.update(Buffer.from(etag.slice(1, -1), 'hex'))
    const etag = `"${hash.digest('hex')}-${parts.length}"`
    const checksum = compositeChecksum(call, upload, parts)
    const { headers, lock } = upload
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
    const versionId = makeVersion(
      call,
      bucket,
      { key, bytes, etag, headers, checksum, lock, segments: parts },
      { discard: uploaded, change: () => removeUpload(index, upload.id) },
    )
    return xmlReply(
      'CompleteMultipartUploadResult',
      {
        Location: `/${bucket.name}/${key}`,
        Bucket: bucket.name,
        Key: key,
        ETag: etag,
        ChecksumSHA256: checksum ?? undefined,
        ChecksumType: checksum === null ? undefined : 'COMPOSITE',
      },
      { 'x-amz-bucket-region': region, ...versionHeader(bucket, versionId), ...encryptionHeaders(headers) },
    )
  },
}
