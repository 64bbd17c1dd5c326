import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { CreateBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { inject } from 'vitest'
import { startObjectServer } from '../../src/main/object-server/object-server.ts'
import type { Credential, ObjectServerOptions, Switches } from '../../src/main/object-server/options.ts'

/** The key of tests that need one only. */
export const testCredential: Credential = { accessKeyId: 'TESTKEY', secretAccessKey: 'test-secret' }

/** A client as the console makes its own: it adds no checksums that nobody asked for, and asks the endpoint by path. */
export const s3Client = (
  url: string,
  credential: Credential = testCredential,
  more: S3ClientConfig = {},
): S3Client =>
  new S3Client({
    endpoint: url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: credential,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 1,
    ...more,
  })

export interface TestObjectServer {
  readonly url: string
  readonly port: number
  readonly folder: string
  readonly client: S3Client
  /** Turn them at any time. */
  readonly switches: Switches
  [Symbol.asyncDispose](): Promise<void>
}

/** An object server in this process, on a folder of its own that goes with it. The bucket `documents` has versions and Object Lock. */
export const openObjectServer = async (
  options: Partial<ObjectServerOptions> = {},
): Promise<TestObjectServer> => {
  const folder = options.folder ?? mkdtempSync(join(inject('runFolder'), 'objects-'))
  const credentials = options.credentials ?? [testCredential]
  const switches = options.switches ?? {}
  const server = await startObjectServer({ ...options, folder, credentials, switches })
  const client = s3Client(server.url, credentials[0])
  await client.send(new CreateBucketCommand({ Bucket: 'documents', ObjectLockEnabledForBucket: true }))
  return {
    url: server.url,
    port: server.port,
    folder,
    client,
    switches,
    async [Symbol.asyncDispose]() {
      client.destroy()
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** An object server in a process of its own, on this folder and port, to be killed. */
export const spawnObjectServer = async (options: { folder: string; port?: number }) => {
  const script = fileURLToPath(new URL('./object-server-process.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    [script, JSON.stringify({ ...options, credentials: [testCredential] })],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const exited = once(child, 'exit')
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), exited])
  const port = Number(line)
  return {
    port,
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${port}`,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
