import type { S3Client } from '@aws-sdk/client-s3'
import type { Credential } from '../../src/main/object-server/options.ts'
import { openObjectServer, testCredential } from './object-server.ts'
import { openRadosgw } from './radosgw.ts'

/** A server that speaks S3's language, with an empty bucket `documents` that has versions and Object Lock. */
export interface S3Peer {
  readonly url: string
  readonly credential: Credential
  readonly client: S3Client
  [Symbol.asyncDispose](): Promise<void>
}

/** The sandbox's own server and, where the system has it, Ceph's: what both do alike is S3 and no invention of ours. */
export const openS3Peers = async (): Promise<{ name: string; peer: S3Peer | string }[]> => {
  const [own, ceph] = await Promise.all([openObjectServer(), openRadosgw()])
  return [
    { name: 'the object server', peer: { ...own, credential: testCredential } },
    { name: 'Ceph', peer: ceph },
  ]
}
