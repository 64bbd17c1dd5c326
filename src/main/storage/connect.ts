import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { S3Client } from '@aws-sdk/client-s3'
import { ConsoleError } from '../../shared/errors.ts'
import type { StorageSettings } from '../../shared/storage.ts'
import { loadAuthorities } from '../session/tls.ts'

/** Milliseconds for a connection to stand, and of silence in the middle of one. */
export const patience = { connecting: 10_000, silence: 30_000 }

/** The way to one server: Amazon's client for signing and small calls, the agents for the bytes of documents. */
export type StorageLink = {
  client: S3Client
  agentFor(url: URL): HttpAgent | HttpsAgent
  close(): void
}

/**
 * Makes the client; nothing is sent yet. Nothing is tried again by itself. The libraries are loaded at first use: most sessions
 * never see a document.
 * @param secret of the key pair; null for credentials of the AWS tools
 */
export const connectStorage = async (
  settings: StorageSettings,
  secret: string | null,
): Promise<StorageLink> => {
  const { credentials, accessKeyId, awsProfile, endpoint, region, pathStyle } = settings
  if (credentials === 'keychain' && (secret === null || accessKeyId === null)) {
    throw new ConsoleError(
      'KEYCHAIN_LOCKED',
      'The secret key of the storage cannot be read: none was saved, or the keychain is locked.',
      'Unlock the keychain and connect again, or type the secret key in the connection’s storage.',
    )
  }
  const [{ S3Client }, { NodeHttpHandler }, { context }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@smithy/node-http-handler'),
    loadAuthorities({ tlsMode: 'verify-full', caFile: settings.caFile }),
  ])
  const options = { keepAlive: true, maxSockets: 16, timeout: patience.silence }
  const httpAgent = new HttpAgent(options)
  const httpsAgent = new HttpsAgent({ ...options, ...(context !== null && { secureContext: context }) })
  const client = new S3Client({
    region,
    forcePathStyle: pathStyle,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: new NodeHttpHandler({
      httpAgent,
      httpsAgent,
      connectionTimeout: patience.connecting,
      requestTimeout: patience.silence,
    }),
    ...(endpoint !== null && { endpoint }),
    ...(credentials === 'chain' && awsProfile !== null && { profile: awsProfile }),
    ...(credentials === 'keychain' &&
      secret !== null &&
      accessKeyId !== null && { credentials: { accessKeyId, secretAccessKey: secret } }),
  })
  return {
    client,
    agentFor: ({ protocol }) => (protocol === 'https:' ? httpsAgent : httpAgent),
    close() {
      client.destroy()
      httpAgent.destroy()
      httpsAgent.destroy()
    },
  }
}
