import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { s3Client } from '../support/object-server.ts'

export const benchCredential = { accessKeyId: 'BENCHKEY', secretAccessKey: 'bench-secret' }

/** An object server in a process of its own, with the bucket `documents`. */
export const startStorage = async (folder: string): Promise<{ url: string; stop(): void }> => {
  const child = spawn(
    process.execPath,
    ['test/support/object-server-process.ts', JSON.stringify({ folder, credentials: [benchCredential] })],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [port] = await once(createInterface(child.stdout), 'line')
  const url = `http://127.0.0.1:${port}`
  const client = s3Client(url, benchCredential)
  await client.send(new CreateBucketCommand({ Bucket: 'documents' }))
  client.destroy()
  return { url, stop: () => void child.kill() }
}
