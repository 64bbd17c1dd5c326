import { once } from 'node:events'
import { Agent, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { sendTo } from './transfer.ts'

test('a storage that says yes before it took everything is not believed', async () => {
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/documents/a.bin`
  // More than the sockets of both sides hold.
  const body = Array.from({ length: 64 }, () => new Uint8Array(1024 * 1024))
  const sent = sendTo(
    { agentFor: () => new Agent() },
    { url, headers: { 'content-length': String(body.length * 1024 * 1024) } },
    body,
    new AbortController().signal,
  )
  await expect(sent).rejects.toThrow('before everything was sent')
  server.close()
})
