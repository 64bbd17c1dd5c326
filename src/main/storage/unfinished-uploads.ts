import type { S3Client } from '@aws-sdk/client-s3'

/** An upload in parts that was begun and not ended. */
export type UnfinishedUpload = { key: string; uploadId: string; begun: Date | null }

export const createUnfinishedUploads = (context: {
  s3: typeof import('@aws-sdk/client-s3')
  client: S3Client
  Bucket: string
  ask: <Value>(doing: string, signal: AbortSignal, work: () => Promise<Value>) => Promise<Value>
}) => {
  const { s3, client, Bucket, ask } = context

  /** Uploads below a prefix that were begun and not ended, page by page. */
  async function* listUploads(
    below: string,
    signal: AbortSignal,
  ): AsyncGenerator<UnfinishedUpload[], void, void> {
    let markers: { KeyMarker?: string; UploadIdMarker?: string } = {}
    for (;;) {
      const page = await ask('list unfinished uploads', signal, () =>
        client.send(new s3.ListMultipartUploadsCommand({ Bucket, Prefix: below, ...markers }), {
          abortSignal: signal,
        }),
      )
      yield (page.Uploads ?? []).flatMap(({ Key, UploadId, Initiated }) =>
        Key === undefined || UploadId === undefined
          ? []
          : [{ key: Key, uploadId: UploadId, begun: Initiated ?? null }],
      )
      if (!page.IsTruncated || page.NextKeyMarker === undefined) return
      markers = {
        KeyMarker: page.NextKeyMarker,
        ...(page.NextUploadIdMarker !== undefined && { UploadIdMarker: page.NextUploadIdMarker }),
      }
    }
  }

  return {
    listUploads,

    /** Those of one key. */
    async uploadsOf(key: string, signal: AbortSignal): Promise<UnfinishedUpload[]> {
      const found: UnfinishedUpload[] = []
      for await (const page of listUploads(key, signal)) {
        found.push(...page.filter((upload) => upload.key === key))
      }
      return found
    },
  }
}
