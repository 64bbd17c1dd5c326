import { mkdtempSync } from 'node:fs'
import { Agent } from 'node:http'
import { Agent as TlsAgent } from 'node:https'
import { join } from 'node:path'
import {
  DeleteObjectCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { describe, expect, inject, test } from 'vitest'
import { type Authority, createAuthority, issueCertificate } from '../../src/main/cluster/certificates.ts'
import { startObjectServerThread } from '../../src/main/object-server/object-server-thread.ts'
import type { Credential } from '../../src/main/object-server/options.ts'
import { S3Error } from '../../src/main/object-server/s3-error.ts'
import { openObjectServer, s3Client, testCredential } from '../support/object-server.ts'
import { refusal } from '../support/s3-refusal.ts'

const Bucket = 'documents'
const list = new ListObjectsV2Command({ Bucket })

/** An empty one behind TLS. */
const openTlsServer = async (authority: Authority) => {
  const server = await startObjectServerThread({
    folder: mkdtempSync(join(inject('runFolder'), 'objects-')),
    credentials: [testCredential],
    tls: issueCertificate(authority, ['127.0.0.1']),
  })
  return { url: server.url, [Symbol.asyncDispose]: () => server.close() }
}

describe('the object server', () => {
  test('lets a credential do what it is allowed, from one request to the next', async () => {
    const limited: Credential = {
      accessKeyId: 'LIMITED',
      secretAccessKey: 'secret',
      allow: ['s3:PutObject', 's3:GetObject'],
    }
    await using server = await openObjectServer({ credentials: [testCredential, limited] })
    const client = s3Client(server.url, limited)
    const get = (Key: string) => refusal(client.send(new GetObjectCommand({ Bucket, Key })))
    expect(await refusal(client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' })))).toBe('done')
    expect(await get('a')).toBe('done')
    expect(await refusal(client.send(list))).toBe('AccessDenied')
    expect(await refusal(client.send(new DeleteObjectCommand({ Bucket, Key: 'a' })))).toBe('AccessDenied')
    // Who may not list does not learn what is missing.
    expect(await get('missing')).toBe('AccessDenied')
    limited.deny = ['s3:GetObject']
    expect(await get('a')).toBe('AccessDenied')
    client.destroy()
  })

  test('takes a temporary credential with its token, until it ends', async () => {
    const temporary = {
      accessKeyId: 'TEMPORARY',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expires: Infinity,
    }
    await using server = await openObjectServer({ credentials: [testCredential, temporary] })
    const client = s3Client(server.url, { ...temporary })
    expect(await refusal(client.send(list))).toBe('done')
    const { sessionToken: _, ...tokenless } = temporary
    const other = s3Client(server.url, tokenless)
    expect(await refusal(other.send(list))).toBe('InvalidToken')
    temporary.expires = Date.now()
    expect(await refusal(client.send(list))).toBe('ExpiredToken')
    for (const one of [client, other]) one.destroy()
  })

  test('refuses a clock that is more than a quarter of an hour off, and names another region', async () => {
    await using server = await openObjectServer()
    for (const [minutes, outcome] of [
      [-14, 'done'],
      [-16, 'RequestTimeTooSkewed'],
      [14, 'done'],
      [16, 'RequestTimeTooSkewed'],
    ] as const) {
      const client = s3Client(server.url, testCredential, { systemClockOffset: minutes * 60_000 })
      expect([minutes, await refusal(client.send(list))]).toEqual([minutes, outcome])
      client.destroy()
    }
    const client = s3Client(server.url, testCredential, { region: 'eu-central-1' })
    expect(await refusal(client.send(list))).toBe('AuthorizationHeaderMalformed')
    client.destroy()
  })

  test('acts on no header that a presigned link does not sign', async () => {
    await using server = await openObjectServer()
    const url = await getSignedUrl(server.client, new PutObjectCommand({ Bucket, Key: 'a' }))
    const response = await fetch(url, { method: 'PUT', body: 'a', headers: { 'x-amz-meta-lot': 'forged' } })
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('not signed')
  })

  test('finds the bucket in the host’s name, too', async () => {
    await using server = await openObjectServer()
    const hosts: string[] = []
    server.switches.onRequest = ({ message }) => {
      hosts.push(message.headers.host ?? '')
      return undefined
    }
    // No name server knows the host.
    const httpAgent = new Agent({
      lookup: (_host, options, found) =>
        options.all === true
          ? found(null, [{ address: '127.0.0.1', family: 4 }])
          : found(null, '127.0.0.1', 4),
    })
    const client = s3Client(`http://localhost:${server.port}`, testCredential, {
      forcePathStyle: false,
      requestHandler: { httpAgent },
    })
    await client.send(new PutObjectCommand({ Bucket, Key: 'a/b', Body: 'virtual' }))
    const { Body } = await server.client.send(new GetObjectCommand({ Bucket, Key: 'a/b' }))
    expect(await Body?.transformToString()).toBe('virtual')
    expect(hosts[0]).toBe(`documents.localhost:${server.port}`)
    client.destroy()
  })

  test('does what a test’s hook says: fail, or lose the answer of work that is done', async () => {
    await using server = await openObjectServer()
    const put = () => refusal(server.client.send(new PutObjectCommand({ Bucket, Key: 'hooked', Body: 'x' })))
    server.switches.onRequest = () => {
      throw new S3Error('SlowDown', 'Please reduce your request rate.')
    }
    expect(await put()).toBe('SlowDown')
    server.switches.onRequest = ({ message }, operation) =>
      operation === 'PutObject' ? () => message.socket.destroy() : undefined
    expect(await put()).not.toBe('done')
    delete server.switches.onRequest
    expect(await refusal(server.client.send(new GetObjectCommand({ Bucket, Key: 'hooked' })))).toBe('done')
    const status = () => server.client.send(new GetBucketPolicyStatusCommand({ Bucket }))
    expect(await refusal(status())).toBe('NoSuchBucketPolicy')
    server.switches.isPublic = true
    expect((await status()).PolicyStatus).toEqual({ IsPublic: true })
  })

  test('speaks TLS with the certificate it is given', async () => {
    const authority = createAuthority('Objects')
    await using server = await openTlsServer(authority)
    const trusting = s3Client(server.url, testCredential, {
      requestHandler: { httpsAgent: new TlsAgent({ ca: authority.certificate }) },
    })
    expect(await refusal(trusting.send(new HeadBucketCommand({ Bucket })))).toBe('NotFound')
    const other = s3Client(server.url)
    await expect(other.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    })
    for (const client of [trusting, other]) client.destroy()
  })

  test('runs in a thread, which says when its port is taken', async () => {
    const folder = () => mkdtempSync(join(inject('runFolder'), 'objects-'))
    const options = { folder: folder(), credentials: [testCredential] }
    const server = await startObjectServerThread(options)
    try {
      const client = s3Client(server.url)
      expect(await refusal(client.send(list))).toBe('NoSuchBucket')
      client.destroy()
      const again = startObjectServerThread({ ...options, folder: folder(), port: server.port })
      await expect(again).rejects.toMatchObject({ code: 'ALREADY_RUNNING' })
    } finally {
      await server.close()
    }
    await expect(fetch(server.url)).rejects.toThrow('fetch failed')
  })
})
