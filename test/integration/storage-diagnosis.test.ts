import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { Agent as TlsAgent } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, inject, test } from 'vitest'
import { type Authority, createAuthority, issueCertificate } from '../../src/main/cluster/certificates.ts'
import { startObjectServer } from '../../src/main/object-server/object-server.ts'
import type { Action } from '../../src/main/object-server/options.ts'
import { diagnoseStorage } from '../../src/main/storage/diagnosis.ts'
import type { StorageSettings } from '../../src/shared/storage.ts'
import { type StorageStepName, storageSteps } from '../../src/shared/storage-diagnosis.ts'
import { storageAt } from '../support/documents.ts'
import {
  openObjectServer,
  s3Client,
  type TestObjectServer,
  testCredential,
} from '../support/object-server.ts'
import { noAbort } from '../support/session.ts'

/** All that is not as a careful person sets it up: `step outcome`. And the step to look closer at. */
const run = async (
  url: string,
  changes: Partial<StorageSettings> = {},
  secret: string | null = testCredential.secretAccessKey,
) => {
  const { steps } = await diagnoseStorage(storageAt(url, changes), secret, noAbort())
  expect(steps.map(({ step }) => step)).toEqual([...storageSteps])
  for (const { outcome, seen, remedy } of steps) {
    expect(seen).not.toBe('')
    expect(remedy === '').toBe(outcome === 'ok' || outcome === 'skipped')
  }
  const at = (name: StorageStepName) => {
    const found = steps.find(({ step }) => step === name)
    if (found === undefined) throw new Error('there is no such step')
    return found
  }
  return {
    at,
    notOk: steps.flatMap(({ step, outcome }) => (outcome === 'ok' ? [] : [`${step} ${outcome}`])),
    /** The one that failed, if none but those after it were skipped. */
    stoppedAt: (): string | null => {
      const failing = steps.findIndex(({ outcome }) => outcome === 'failed')
      const all = steps.every(({ outcome }, n) => n === failing || (outcome === 'skipped') === n > failing)
      return all ? (steps[failing]?.step ?? null) : null
    },
  }
}

/** What is in the bucket: keys of versions and of unfinished uploads. */
const leftIn = async ({ client }: TestObjectServer): Promise<string[]> => {
  const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: 'documents' }))
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: 'documents' }))
  return [...Versions.map(({ Key }) => `object ${Key}`), ...Uploads.map(({ Key }) => `upload ${Key}`)]
}

/** A bucket as docs/storage.md wants it. */
const setUp = async ({ client }: TestObjectServer): Promise<void> => {
  await client.send(
    new PutBucketEncryptionCommand({
      Bucket: 'documents',
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    }),
  )
  await client.send(
    new PutPublicAccessBlockCommand({
      Bucket: 'documents',
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      },
    }),
  )
}

/** With the bucket `documents`, over TLS. */
const startTlsServer = async (authority: Authority) => {
  const folder = mkdtempSync(join(inject('runFolder'), 'objects-'))
  const tls = issueCertificate(authority, ['127.0.0.1'])
  const server = await startObjectServer({ folder, credentials: [testCredential], tls })
  const trusting = s3Client(server.url, testCredential, {
    requestHandler: { httpsAgent: new TlsAgent({ ca: authority.certificate }) },
  })
  await trusting.send(new CreateBucketCommand({ Bucket: 'documents' }))
  trusting.destroy()
  return { url: server.url, [Symbol.asyncDispose]: () => server.close() }
}

/** A bucket that is set up well, and a second key that is refused some things. */
const openRefusing = async (...deny: Action[]) => {
  const limited = { accessKeyId: 'LIMITED', secretAccessKey: 'limited-secret', deny }
  const server = await openObjectServer({ credentials: [testCredential, limited] })
  await setUp(server)
  return server
}
const asLimited = (url: string, changes: Partial<StorageSettings> = {}) =>
  run(url, { accessKeyId: 'LIMITED', ...changes }, 'limited-secret')

describe('the test of a storage', () => {
  test('finds nothing to say of a bucket that is set up well, and leaves nothing in it', async () => {
    await using server = await openRefusing()
    const { notOk, at } = await run(server.url)
    expect(notOk).toEqual([])
    expect(at('credentials').seen).toContain('"TESTKEY"')
    expect(at('bucket').seen).toBe('There is a bucket "documents", in region "us-east-1".')
    expect(at('checksum').seen).toContain('checks the SHA-256')
    expect(at('public').seen).toContain('All four public access blocks are on')
    expect(await leftIn(server)).toEqual([])
  })

  test('warns of what a bucket lacks by which documents could be lost or read', async () => {
    await using server = await openObjectServer()
    await server.client.send(new CreateBucketCommand({ Bucket: 'plain' }))
    const { notOk, at } = await run(server.url, { bucket: 'plain', prefix: '' })
    expect(notOk).toEqual(['encryption warning', 'versions warning', 'lock warning', 'public warning'])
    expect(at('versions').remedy).toContain('gone for good')
    const sealed = await run(server.url, { bucket: 'plain', anchorDays: 365 })
    expect(sealed.at('lock')).toMatchObject({
      outcome: 'failed',
      seen: 'Object Lock is off, and seals of the audit trail are to be kept here.',
    })
  })

  test('calls a public bucket a failure', async () => {
    await using server = await openRefusing()
    server.switches.isPublic = true
    const { notOk, at } = await run(server.url)
    expect(notOk).toEqual(['public failed'])
    expect(at('public').remedy).toContain('public access blocks')
  })

  const refusals: [action: Action, step: StorageStepName, outcome: string, words: RegExp][] = [
    ['s3:ListBucket', 'list', 'failed', /s3:ListBucket on arn:aws:s3:::documents\.$/],
    ['s3:GetObjectVersion', 'head', 'failed', /s3:GetObject and s3:GetObjectVersion on .*documents\/erp\/\*/],
    ['s3:ListBucketVersions', 'history', 'failed', /s3:ListBucketVersions on arn:aws:s3:::documents\.$/],
    ['s3:PutObjectLegalHold', 'hold', 'failed', /s3:PutObjectLegalHold/],
    ['s3:GetObjectLegalHold', 'hold', 'failed', /s3:GetObjectLegalHold/],
    ['s3:GetObjectRetention', 'hold', 'failed', /s3:GetObjectRetention/],
    ['s3:ListMultipartUploadParts', 'parts', 'failed', /s3:ListMultipartUploadParts on/],
    ['s3:ListBucketMultipartUploads', 'unfinished', 'failed', /s3:ListBucketMultipartUploads on/],
    [
      's3:AbortMultipartUpload',
      'abort',
      'failed',
      /s3:AbortMultipartUpload on .*is left at erp\/\.viruj-console\/probe-/,
    ],
    ['s3:GetBucketVersioning', 'versions', 'ok', /^$/],
    ['s3:GetEncryptionConfiguration', 'encryption', 'ok', /^$/],
    ['s3:GetBucketObjectLockConfiguration', 'lock', 'warning', /s3:GetBucketObjectLockConfiguration/],
    ['s3:GetBucketPublicAccessBlock', 'public', 'warning', /s3:GetBucketPublicAccessBlock/],
    ['s3:GetBucketPolicyStatus', 'public', 'ok', /^$/],
  ]
  test.each(refusals)('tells what follows when %s is refused', async (action, step, outcome, words) => {
    await using server = await openRefusing(action)
    const { notOk, at } = await asLimited(server.url)
    const others = step === 'head' ? ['get failed', 'checksum skipped'] : []
    expect(notOk).toEqual(outcome === 'ok' ? [] : [`${step} ${outcome}`, ...others])
    expect(at(step).remedy).toMatch(words)
    const left = step === 'abort' ? [expect.stringMatching(/^upload erp\/\.viruj-console\/probe-/)] : []
    expect(await leftIn(server)).toEqual(left)
  })

  test('tells what follows when storing is refused', async () => {
    await using server = await openRefusing('s3:PutObject')
    const { notOk, at } = await asLimited(server.url)
    expect(notOk).toEqual([
      'put failed',
      'head skipped',
      'get skipped',
      'history skipped',
      'hold skipped',
      'checksum skipped',
      'multipart failed',
      'parts skipped',
      'unfinished skipped',
      'abort skipped',
      'delete skipped',
    ])
    expect(at('put').remedy).toBe('Allow s3:PutObject on arn:aws:s3:::documents/erp/*.')
  })

  test('needs no more than the policy of docs/storage.md allows', async () => {
    const page = readFileSync('docs/storage.md', 'utf8')
    const policy = JSON.parse(/```json\n(.*?)```/s.exec(page)?.[1] ?? '')
    const allow: Action[] = policy.Statement.flatMap(({ Action: allowed }: { Action: Action[] }) => allowed)
    const careful = { accessKeyId: 'CAREFUL', secretAccessKey: 'careful-secret', allow }
    await using server = await openObjectServer({ credentials: [testCredential, careful] })
    await setUp(server)
    const { notOk, at } = await run(server.url, { accessKeyId: 'CAREFUL' }, 'careful-secret')
    expect(notOk).toEqual([])
    expect(at('delete').seen).toContain('stays')
  })

  test('takes a key that may delete nothing for the better one, and says what stays', async () => {
    await using server = await openRefusing('s3:DeleteObject', 's3:DeleteObjectVersion')
    const { notOk, at } = await asLimited(server.url)
    expect(notOk).toEqual([])
    expect(at('delete').seen).toContain('stays')
    const [left, ...more] = await leftIn(server)
    expect(more).toEqual([])
    expect(at('delete').seen).toContain(left?.replace('object ', ''))
  })

  test('names the encryption that a policy wants, and what the storage makes of the wanted one', async () => {
    await using server = await openRefusing()
    server.switches.refuseUnencrypted = true
    const refused = await run(server.url)
    expect(refused.at('put')).toMatchObject({
      outcome: 'failed',
      seen: 'The policy of the bucket refuses objects that do not ask to be encrypted.',
      remedy: expect.stringContaining('AES256'),
    })
    expect((await run(server.url, { encryption: 'AES256' })).notOk).toEqual([])
    const kms = await run(server.url, { encryption: 'aws:kms', kmsKey: 'documents-key' })
    expect(kms.at('encryption').seen).toBe('Objects are encrypted with a KMS key, as is asked for.')
    expect(await leftIn(server)).toEqual([])
  })

  test('stops at a name, a port and a key that nobody knows', async () => {
    await using server = await openObjectServer()
    const nowhere = await run('http://nowhere.invalid')
    expect(nowhere.stoppedAt()).toBe('dns')
    const closed = await run('http://127.0.0.1:1')
    expect(closed.stoppedAt()).toBe('tcp')
    expect(closed.at('tcp').seen).toContain('nothing listens there')
    const unknown = await run(server.url, { accessKeyId: 'OTHER' })
    expect(unknown.stoppedAt()).toBe('credentials')
    expect(unknown.at('credentials').seen).toContain('does not know this access key')
    const wrong = await run(server.url, {}, 'wrong')
    expect(wrong.stoppedAt()).toBe('credentials')
    expect(wrong.at('credentials').remedy).toBe('Type the secret key anew.')
    expect((await run(server.url, {}, null)).stoppedAt()).toBe('credentials')
  })

  test('stops at a bucket that is not there, and at another region', async () => {
    await using server = await openObjectServer()
    const away = await run(server.url, { region: 'us-west-2' })
    expect(away.stoppedAt()).toBe('bucket')
    expect(away.at('bucket').seen).toContain('another region')
    const missing = await run(server.url, { bucket: 'missing' })
    expect(missing.stoppedAt()).toBe('bucket')
    expect(missing.at('bucket').remedy).toContain('Correct the name of the bucket')
  })

  test('shows a certificate that is not trusted, and trusts the one of the chosen authority', async () => {
    const authority = createAuthority('Objects')
    const caFile = join(inject('runFolder'), 'objects-ca.crt')
    writeFileSync(caFile, authority.certificate)
    await using server = await startTlsServer(authority)
    const untrusted = await run(server.url)
    expect(untrusted.stoppedAt()).toBe('tls')
    expect(untrusted.at('tls').seen).toContain('its certificate is not trusted')
    expect(untrusted.at('tls').certificates).toMatchObject([{ issuer: 'CN=Objects' }])
    expect((await run(server.url, { caFile: '/nowhere.pem' })).at('tls').seen).toContain(
      'there is no such file',
    )
    const trusted = await run(server.url, { caFile })
    expect(trusted.at('tls').seen).toMatch(/^Encrypted with TLSv1\.3; the certificate is trusted/)
    expect(trusted.at('put').outcome).toBe('ok')
  })

  test('sees by how much the clock is wrong before anything is signed', async () => {
    await using server = await openObjectServer()
    let behind = 3_600_000
    const signed: string[] = []
    const proxy = createServer((message, response) => {
      if (message.headers.authorization !== undefined) signed.push(message.url ?? '')
      const passed = request(
        { port: server.port, method: message.method, path: message.url, headers: message.headers },
        (answer) => {
          const date = new Date(Date.now() - behind).toUTCString()
          response.writeHead(answer.statusCode ?? 500, { ...answer.headers, date })
          answer.pipe(response)
        },
      )
      message.pipe(passed)
    }).listen(0, '127.0.0.1')
    try {
      await new Promise((resolve) => proxy.once('listening', resolve))
      const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
      const wrong = await run(url)
      expect(wrong.stoppedAt()).toBe('clock')
      expect(wrong.at('clock').seen).toBe("The clock of this machine is 60 min ahead of the storage's.")
      expect(signed).toEqual([])
      behind = -600_000
      const near = await run(url)
      expect(near.at('clock')).toMatchObject({
        outcome: 'warning',
        seen: expect.stringContaining('10 min behind'),
      })
    } finally {
      proxy.closeAllConnections()
      proxy.close()
    }
  })

  test.each(['ListParts', 'PutObjectLegalHold'])(
    'leaves nothing behind when it is broken off at %s',
    async (at) => {
      await using server = await openRefusing()
      const aborted = new AbortController()
      server.switches.onRequest = (_, operation) => {
        if (operation === at) aborted.abort()
        return undefined
      }
      await expect(
        diagnoseStorage(storageAt(server.url), testCredential.secretAccessKey, aborted.signal),
      ).rejects.toMatchObject({ code: 'CANCELLED' })
      expect(await leftIn(server)).toEqual([])
    },
  )
})
