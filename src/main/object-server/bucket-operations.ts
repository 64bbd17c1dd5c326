import { receiveText } from './body.ts'
import { addBucket, listBuckets, removeBucket } from './buckets.ts'
import { bucketOf, type Operation, xmlReply } from './operation.ts'
import { header } from './s3-request.ts'

export const createBucket: Operation = {
  name: 'CreateBucket',
  action: 's3:CreateBucket',
  async run({ index, request, payload }) {
    // The place that it may name is where this server is.
    if (Number(request.message.headers['content-length'] ?? 0) > 0) await receiveText(request, payload)
    const locked = header(request, 'x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true'
    const name = request.bucket ?? ''
    addBucket(index, {
      name,
      created: Date.now(),
      versioning: locked ? 'Enabled' : '',
      objectLock: locked ? null : undefined,
      encryption: null,
      publicAccessBlock: null,
    })
    return { headers: { location: `/${name}` } }
  },
}

export const headBucket: Operation = {
  name: 'HeadBucket',
  action: 's3:ListBucket',
  run(call) {
    bucketOf(call)
    return { headers: { 'x-amz-bucket-region': call.region } }
  },
}

export const deleteBucket: Operation = {
  name: 'DeleteBucket',
  action: 's3:DeleteBucket',
  run(call) {
    removeBucket(call.index, bucketOf(call).name)
    return { status: 204 }
  },
}

export const listAllBuckets: Operation = {
  name: 'ListBuckets',
  action: 's3:ListAllMyBuckets',
  run: ({ index, region }) =>
    xmlReply('ListAllMyBucketsResult', {
      Owner: { ID: 'owner', DisplayName: 'owner' },
      Buckets: {
        Bucket: listBuckets(index).map(({ name, created }) => ({
          Name: name,
          CreationDate: new Date(created),
          BucketRegion: region,
        })),
      },
    }),
}

export const getLocation: Operation = {
  name: 'GetBucketLocation',
  action: 's3:GetBucketLocation',
  run(call) {
    bucketOf(call)
    // The oldest region has no name here.
    return xmlReply('LocationConstraint', call.region === 'us-east-1' ? '' : call.region)
  },
}
