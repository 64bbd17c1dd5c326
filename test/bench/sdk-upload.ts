import { createReadStream } from 'node:fs'
import { S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'

// The SDK's own upload of a file, in a process of its own: endpoint, key and path in, milliseconds out. Credentials come from the environment.
const [endpoint = '', Key = '', path = ''] = process.argv.slice(2)
const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true })
const began = performance.now()
await new Upload({
  client,
  params: { Bucket: 'documents', Key, Body: createReadStream(path), ChecksumAlgorithm: 'SHA256' },
  partSize: 8 * 1024 * 1024,
  queueSize: 3,
}).done()
console.log(performance.now() - began)
