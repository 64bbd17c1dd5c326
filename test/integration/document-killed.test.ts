import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createDocumentDatabase, openUploads, storageAt } from '../support/documents.ts'
import {
  openObjectServer,
  s3Client,
  spawnObjectServer,
  type TestObjectServer,
  testCredential,
} from '../support/object-server.ts'
import { startServer } from '../support/postgres.ts'
import { profileOf } from '../support/session.ts'
import { largeFile, sha256Of, type TestFile, textFile } from '../support/upload-page.ts'
import type { UploadProcessInput } from '../support/upload-process.ts'
import { watchSteps } from '../support/upload-steps.ts'

const mebibyte = 1024 * 1024
const inOnePiece = 300_000
const inParts = 65 * mebibyte
type Domain = Awaited<ReturnType<typeof createDocumentDatabase>>
type Row = { id: string; state: string; s3_key: string; sha256: string }

const script = fileURLToPath(new URL('../support/upload-process.ts', import.meta.url))

/** Runs a console that kills itself at a step; what it said it did. */
const runConsole = (input: UploadProcessInput): Promise<string[]> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [script, JSON.stringify(input)], (error, stdout, stderr) => {
      if (error !== null && error.signal !== 'SIGKILL') return reject(new Error(stderr))
      resolve(stdout.trim().split('\n'))
    })
  })

const rowsOf = async ({ owner }: Domain, file: TestFile): Promise<Row[]> =>
  (await owner.query<Row>('select * from documents where filename = $1 order by id', [file.name])).rows

const sessionsOf = async ({ owner, operator }: Domain): Promise<number> => {
  const { rows } = await owner.query('select count(*)::int as n from pg_stat_activity where usename = $1', [
    operator.user,
  ])
  return rows[0].n
}

/** That the only document of this file is stored with exactly its bytes. */
const expectStored = async (on: Domain, server: Pick<TestObjectServer, 'client'>, file: TestFile) => {
  const [row, second] = await rowsOf(on, file)
  expect(second).toBeUndefined()
  expect(row).toMatchObject({ state: 'stored', upload_id: null })
  const { Body } = await server.client.send(new GetObjectCommand({ Bucket: 'documents', Key: row?.s3_key }))
  expect(sha256Of(textFile('', Buffer.from((await Body?.transformToByteArray()) ?? [])))).toBe(sha256Of(file))
}

/** Whatever was killed: resuming what is pending, or uploading what nobody knows, ends with the file stored. */
const complete = async (on: Domain, server: TestObjectServer, file: TestFile): Promise<string> => {
  // What was sent to the server before the end is still carried out.
  await expect.poll(() => sessionsOf(on), { timeout: 20_000, interval: 10 }).toBe(0)
  const [row] = await rowsOf(on, file)
  if (row?.state === 'stored') {
    await expectStored(on, server, file)
    return 'stored'
  }
  if (row !== undefined) expect(row.state).toBe('pending')
  await using uploads = await openUploads(on, storageAt(server.url))
  const state = await uploads.upload(file, row === undefined ? {} : { documentId: row.id })
  expect(state).toMatchObject({ status: 'stored', error: null })
  await expectStored(on, server, file)
  return row === undefined ? 'nothing' : 'pending'
}

describe('a console that is killed', () => {
  let on: Domain
  let server: TestObjectServer

  beforeAll(async () => {
    on = await createDocumentDatabase()
    server = await openObjectServer()
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await on[Symbol.asyncDispose]()
  })

  const inputFor = (file: UploadProcessInput['file'], killAt: number | null): UploadProcessInput => ({
    profile: profileOf(
      { ...on.database, ...on.operator },
      { readOnly: false, storage: storageAt(server.url) },
    ),
    password: on.operator.password,
    storageSecret: testCredential.secretAccessKey,
    file,
    killAt,
  })

  const killAt = async (step: number, bytes: number): Promise<string> => {
    const about = { name: `killed at ${step} of ${bytes}.bin`, bytes, seed: step }
    await runConsole(inputFor(about, step))
    return complete(on, server, largeFile(about.name, about.bytes, about.seed))
  }

  test('at any step of an upload in one piece leaves nothing, what can be resumed, or all of it', async () => {
    const way = await runConsole(inputFor({ name: 'whole.bin', bytes: inOnePiece, seed: 1000 }, null))
    expect(way.at(-1)).toBe('ended stored')
    expect(way).toContain('sent PUT')
    const left: string[] = []
    for (let step = 1; step < way.length; step++) left.push(await killAt(step, inOnePiece))
    // From one to the next, never back.
    expect([...left].sort((a, b) => order.indexOf(a) - order.indexOf(b))).toEqual(left)
    expect([...new Set(left)]).toEqual(order)
  }, 180_000)

  test('at any step of an upload in parts that is not one more part does, too', async () => {
    const way = await runConsole(inputFor({ name: 'parts.bin', bytes: inParts, seed: 1000 }, null))
    expect(way.at(-1)).toBe('ended stored')
    const steps = [
      way.indexOf('sent POST uploads'),
      way.indexOf('answered POST uploads'),
      way.indexOf('began PUT part 1'),
      way.indexOf('answered PUT part 5'),
      way.indexOf('answered POST upload'),
    ]
    expect(steps).not.toContain(-1)
    for (const step of steps) expect(await killAt(step + 1, inParts)).toBe('pending')
    expect(await unfinished(server)).toEqual([])
  }, 240_000)
})

const order = ['nothing', 'pending', 'stored']

const unfinished = async ({ url }: TestObjectServer): Promise<unknown[]> => {
  const { openStorage } = await import('../../src/main/storage/storage.ts')
  const storage = await openStorage(storageAt(url), testCredential.secretAccessKey)
  try {
    const found: unknown[] = []
    for await (const page of storage.listUploads('', new AbortController().signal)) found.push(...page)
    return found
  } finally {
    storage.close()
  }
}

describe('a storage that is killed', () => {
  test.each([
    ['in one piece', inOnePiece, ['began PUT', 'sent PUT', 'answered PUT', 'sent HEAD']],
    ['in parts', inParts, ['sent POST uploads', 'answered PUT part 3', 'sent POST upload', 'sent HEAD']],
  ])(
    'at a step of an upload %s and comes back has everything in the end',
    async (_, bytes, steps) => {
      await using on = await createDocumentDatabase()
      const folder = mkdtempSync(join(inject('runFolder'), 'killed-'))
      let server = await spawnObjectServer({ folder })
      const { port, url } = server
      const client = s3Client(url)
      await client.send(new CreateBucketCommand({ Bucket: 'documents', ObjectLockEnabledForBucket: true }))
      try {
        for (const [n, step] of steps.entries()) {
          const file = largeFile(`storage ${bytes} ${n}.bin`, bytes, n)
          let killed: Promise<void> | null = null
          const watch = watchSteps((at) => {
            if (at !== step || killed !== null) return
            const before = server
            killed = before.kill().then(async () => {
              server = await spawnObjectServer({ folder, port })
            })
          })
          await using uploads = await openUploads(on, storageAt(url))
          const first = await uploads.upload(file)
          watch.end()
          expect(killed).not.toBeNull()
          await killed
          if (first.status === 'failed') {
            expect(first.error).toMatchObject({ code: 'STORAGE_UNREACHABLE' })
            await uploads.documents.actOnUploads({ uploadIds: [first.id], act: 'retry' })
            expect(await uploads.until(first.id, 'stored', 'failed')).toMatchObject({
              status: 'stored',
              error: null,
            })
          }
          await expectStored(on, { client }, file)
        }
      } finally {
        client.destroy()
        await server.kill()
      }
    },
    120_000,
  )
})

test('a database that is killed at a step of an upload and comes back leaves what can be resumed', async () => {
  await using postgres = await startServer()
  await using server = await openObjectServer()
  const domain = await createDocumentDatabase(postgres.address)
  for (const [n, step] of [
    'answered begin',
    'sent insert into public.documents',
    'sent commit',
    'sent PUT',
    'sent update public.documents set state',
    'second sent commit',
  ].entries()) {
    const file = largeFile(`database ${n}.bin`, inOnePiece, n)
    let commits = 0
    let killed: Promise<void> | null = null
    const watch = watchSteps((at) => {
      const named = at === 'sent commit' && ++commits === 2 ? 'second sent commit' : at
      if (named.startsWith(step)) killed ??= postgres.kill().then(() => postgres.start())
    })
    {
      await using uploads = await openUploads(domain, storageAt(server.url), { wrap: watch.wrap })
      const state = await uploads.upload(file)
      watch.end()
      expect(killed).not.toBeNull()
      await killed
      // Only what the database answered is called stored.
      if (state.status === 'failed') expect(state.error?.code).toMatch(/^CONNECTION_(LOST|REFUSED)$/)
      else expect(state.status).toBe('stored')
    }
    const owner = await domain.database.client()
    await complete({ ...domain, owner }, server, file)
    await owner.end()
  }
}, 120_000)
