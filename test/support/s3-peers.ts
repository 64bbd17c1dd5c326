import type { S3Client } from '@aws-sdk/client-s3'
import type { Credential } from '../../src/main/object-server/options.ts'
import { openObjectServer, testCredential } from './object-server.ts'

/** A server that speaks S3's language, with an empty bucket `documents` that has versions and Object Lock. */
export interface S3Peer {
  readonly url: string
  readonly credential: Credential
  readonly client: S3Client
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * The sandbox's own server and, where the system has it, one by others: what both do alike is S3 and no invention of ours.
 * `skipped` says why one is left out.
 */
export const s3Peers: { name: string; skipped: string | null; open: () => Promise<S3Peer> }[] = [
  {
    name: 'the object server',
    skipped: null,
    open: async () => ({ ...(await openObjectServer()), credential: testCredential }),
  },
]
