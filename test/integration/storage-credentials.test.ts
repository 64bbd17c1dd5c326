import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, inject, test, vi } from 'vitest'
import { diagnoseStorage } from '../../src/main/storage/diagnosis.ts'
import { openStorage } from '../../src/main/storage/storage.ts'
import type { StorageSettings } from '../../src/shared/storage.ts'
import { storageIn } from '../support/command.ts'
import { storageAt } from '../support/documents.ts'
import { openObjectServer, testCredential } from '../support/object-server.ts'
import { noAbort } from '../support/session.ts'

/** What the AWS tools would find: these variables, and no file or machine that the test did not make. */
const onlyWith = (variables: Record<string, string> = {}): void => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  const nowhere = join(inject('runFolder'), 'no-such-file')
  const files = { AWS_CONFIG_FILE: nowhere, AWS_SHARED_CREDENTIALS_FILE: nowhere }
  for (const [name, value] of Object.entries({ AWS_EC2_METADATA_DISABLED: 'true', ...files, ...variables })) {
    vi.stubEnv(name, value)
  }
}

afterEach(() => {
  vi.unstubAllEnvs()
})

const chainAt = (url: string, changes: Partial<StorageSettings> = {}): StorageSettings =>
  storageAt(url, { credentials: 'chain', accessKeyId: null, ...changes })

const stepOf = async (settings: StorageSettings) => {
  const { steps } = await diagnoseStorage(settings, null, noAbort())
  return steps.find(({ step }) => step === 'credentials')
}

describe('credentials of the AWS tools', () => {
  test('are taken from the environment, with the token of a temporary key', async () => {
    const temporary = { accessKeyId: 'ASIATEMP', secretAccessKey: 'temporary', sessionToken: 'token-1' }
    await using server = await openObjectServer({ credentials: [testCredential, temporary] })
    onlyWith({
      AWS_ACCESS_KEY_ID: temporary.accessKeyId,
      AWS_SECRET_ACCESS_KEY: temporary.secretAccessKey,
      AWS_SESSION_TOKEN: temporary.sessionToken,
    })
    expect(await stepOf(chainAt(server.url))).toMatchObject({
      outcome: 'ok',
      seen: 'The storage knows the temporary key "ASIATEMP".',
    })
    const storage = await openStorage(chainAt(server.url), null)
    try {
      const object = { key: 'erp/a', bytes: 1, contentType: 'text/plain', sha256: sha256OfA }
      await storage.putObject(object, [Buffer.from('a')], noAbort(), () => undefined)
      expect(await storage.head({ key: 'erp/a', version: null }, noAbort())).toMatchObject({ bytes: 1 })
    } finally {
      storage.close()
    }
  })

  test('are taken from the profile of a credentials file', async () => {
    await using server = await openObjectServer()
    const file = join(mkdtempSync(join(inject('runFolder'), 'aws-')), 'credentials')
    const { accessKeyId, secretAccessKey } = testCredential
    writeFileSync(
      file,
      `[default]\naws_access_key_id = NOBODY\naws_secret_access_key = wrong\n
[erp]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    )
    onlyWith({ AWS_SHARED_CREDENTIALS_FILE: file })
    expect(await stepOf(chainAt(server.url, { awsProfile: 'erp' }))).toMatchObject({ outcome: 'ok' })
    expect(await stepOf(chainAt(server.url))).toMatchObject({
      outcome: 'failed',
      seen: expect.stringContaining('does not know this access key'),
    })
    expect(await stepOf(chainAt(server.url, { awsProfile: 'missing' }))).toMatchObject({
      outcome: 'failed',
      remedy: expect.stringContaining('aws sso login'),
    })
  })

  test('that have expired or are nowhere say how to sign in again', async () => {
    const expired = { accessKeyId: 'ASIAOLD', secretAccessKey: 'old', sessionToken: 'token-2', expires: 1 }
    await using server = await openObjectServer({ credentials: [testCredential, expired] })
    onlyWith({
      AWS_ACCESS_KEY_ID: expired.accessKeyId,
      AWS_SECRET_ACCESS_KEY: expired.secretAccessKey,
      AWS_SESSION_TOKEN: expired.sessionToken,
    })
    expect(await stepOf(chainAt(server.url))).toMatchObject({
      outcome: 'failed',
      seen: expect.stringContaining('have expired'),
      remedy: expect.stringContaining('aws sso login'),
    })
    onlyWith()
    expect(await stepOf(chainAt(server.url))).toMatchObject({
      outcome: 'failed',
      seen: expect.stringContaining('No credentials'),
    })
  })
})

describe('viruj-console storage test', () => {
  test('tests a bucket that is named with the credentials of the AWS tools, and ends by what it found', async () => {
    const refused = {
      accessKeyId: 'REFUSED',
      secretAccessKey: 'refused',
      deny: ['s3:GetObjectVersion'] as const,
    }
    await using server = await openObjectServer({ credentials: [testCredential, refused] })
    const words = [
      'test',
      '--bucket',
      'documents',
      '--endpoint',
      server.url,
      '--path-style',
      '--prefix',
      '/erp',
    ]
    const as = ({
      accessKeyId,
      secretAccessKey,
    }: Pick<typeof testCredential, 'accessKeyId' | 'secretAccessKey'>) => {
      onlyWith({ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey })
    }
    as(testCredential)
    const good = await storageIn(words)
    expect(good.code).toBeUndefined()
    expect(good.stdout).toContain('ok      put          It may store objects: erp/.viruj-console/probe-')
    as(refused)
    const bad = await storageIn([...words, '--json'])
    expect(bad.code).toBe(2)
    expect(JSON.parse(bad.stdout)).toContainEqual(expect.objectContaining({ step: 'get', outcome: 'failed' }))
    await expect(storageIn(['test', '--endpoint', server.url])).rejects.toThrow('No bucket was named')
    await expect(storageIn(['test', '--bucket', 'x'])).rejects.toThrow('--bucket cannot be used')
    await expect(storageIn(['test'])).rejects.toThrow('No database was named')
    await expect(storageIn(['test'], 'postgres://a@127.0.0.1/b')).rejects.toThrow('has no storage')
  })
})

const sha256OfA = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'
