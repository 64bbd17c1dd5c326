import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createTrail as trailOf } from '../../src/main/audit/trail/trail.ts'
import type { TrailReport } from '../../src/shared/audit-trail.ts'
import type { StorageSettings } from '../../src/shared/storage.ts'
import { storageAt } from '../support/documents.ts'
import { openObjectServer, type TestObjectServer, testCredential } from '../support/object-server.ts'
import { noAbort, openTestSession } from '../support/session.ts'
import { createTrail, type Trail } from '../support/trail.ts'

describe('seals in a locked bucket', () => {
  let server: TestObjectServer
  let trail: Trail

  beforeAll(async () => {
    server = await openObjectServer()
    trail = await createTrail()
  })
  afterAll(async () => {
    await trail[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  /** A console on a machine that never saw this database. */
  const onNewMachine = async <Value>(
    work: (trail: ReturnType<typeof trailOf>) => Promise<Value>,
    changes: Partial<StorageSettings> = {},
  ): Promise<Value> => {
    const storage = storageAt(server.url, { anchorDays: 3650, ...changes })
    await using session = await openTestSession(trail.database, { readOnly: false, storage })
    const home = mkdtempSync(join(inject('runFolder'), 'home-'))
    return work(trailOf({ ...session, storageSecret: testCredential.secretAccessKey }, { home }))
  }
  const seal = () => onNewMachine((console) => console.seal(null, noAbort(), () => undefined))
  const verify = (changes: Partial<StorageSettings> = {}): Promise<TrailReport> =>
    onNewMachine(
      (console) =>
        console.verify({ since: null, expected: [] }, { signal: noAbort(), report: () => undefined }),
      changes,
    )
  const anchors = async () =>
    (await server.client.send(new ListObjectVersionsCommand({ Bucket: 'documents' }))).Versions ?? []

  test('show another machine that the trail was written anew, whoever hides or deletes them', async () => {
    await seal()
    expect(await verify()).toMatchObject({ verdict: 'intact', anchors: { checked: 1 } })
    const [anchor] = await anchors()
    const published = { Bucket: 'documents', Key: anchor?.Key }
    // What a superuser of the database who holds the bucket's key as well would do.
    const deletion = { ...published, VersionId: anchor?.VersionId, BypassGovernanceRetention: true }
    await expect(server.client.send(new DeleteObjectCommand(deletion))).rejects.toMatchObject({
      name: 'AccessDenied',
    })
    await expect(
      server.client.send(
        new PutObjectRetentionCommand({
          ...published,
          Retention: { Mode: 'GOVERNANCE', RetainUntilDate: new Date(Date.now() + 1000) },
        }),
      ),
    ).rejects.toMatchObject({ name: 'AccessDenied' })
    await server.client.send(new DeleteObjectCommand(published))
    await trail.attack('delete from audit.seal where seal_no = (select max(seal_no) from audit.seal)')
    expect(await verify({ anchorDays: null })).toMatchObject({ verdict: 'intact', anchors: { checked: 0 } })
    expect(await verify()).toMatchObject({
      verdict: 'broken',
      listed: [{ kind: 'anchor', message: expect.stringMatching(/no longer there/) }],
    })
  })

  test('that cannot be asked stop a verification: a guard that does not answer is not passed over', async () => {
    await expect(verify({ endpoint: 'http://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'STORAGE_UNREACHABLE',
    })
  }, 30_000)

  test('need a bucket that can lock, and say so', async () => {
    await server.client.send(new CreateBucketCommand({ Bucket: 'unlocked' }))
    const sealing = onNewMachine((console) => console.seal(null, noAbort(), () => undefined), {
      bucket: 'unlocked',
    })
    await expect(sealing).rejects.toMatchObject({
      code: 'STORAGE_REFUSED',
      remedy: expect.stringMatching(/Object Lock/),
    })
  })
})
