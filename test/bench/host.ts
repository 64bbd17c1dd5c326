import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { Agent, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { indexRows } from '../../src/shared/copy-text.ts'
import { chunkSize, type FeedInput, type FeedWant, type UploadState } from '../../src/shared/documents.ts'
import { loopback } from '../../src/shared/loopback.ts'
import type { Profile } from '../../src/shared/profiles.ts'
import type {
  RelationDescription,
  RowCursor,
  RowFilter,
  RowSort,
  RowsPageOutput,
} from '../../src/shared/rows.ts'
import { serveConsole } from '../e2e/serve.ts'
import type { TestDatabase } from '../support/postgres.ts'

type RowsView = { filters: readonly RowFilter[]; sort: readonly RowSort[] }

/** The built console in its own process, and this process as its page: everything goes over HTTP. Linux only. */
export type Host = {
  describe(relation: string): Promise<RelationDescription>
  /** A page of 1000 rows, pulled and with its line ends indexed. */
  page(relation: string, from: RowCursor | null, view?: RowsView): Promise<RowsPageOutput>
  /** What the session answers to a procedure of the router. */
  ask<Output>(procedure: string, input: Readonly<Record<string, unknown>>): Promise<Output>
  /** All rows as one stream, with their line ends indexed. Returns the number of rows. */
  scan(relation: string): Promise<number>
  /** The exact count of a relation, given up when the signal fires. */
  count(relation: string, signal: AbortSignal): Promise<void>
  /** Uploads a file of this machine as a page does, chunk by chunk as they are asked for, and waits until it is stored. */
  upload(path: string): Promise<void>
  /** Bytes of memory that the process held at most since it started. */
  peakRss(): Promise<number>
  [Symbol.asyncDispose](): Promise<void>
}

/** @param stored a connection to open instead of the one to the database; its credentials come from the environment */
export const openHost = async (
  on: Pick<TestDatabase, 'url'>,
  { stored, environment = {} }: { stored?: Profile; environment?: Record<string, string> } = {},
): Promise<Host> => {
  execFileSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' })
  const home = mkdtempSync(join(tmpdir(), 'viruj-bench-home-'))
  if (stored !== undefined) {
    writeFileSync(join(home, 'profiles.json'), JSON.stringify({ version: 1, profiles: [stored] }))
  }
  const served = await serveConsole(['--home', home], { ...environment, DATABASE_URL: on.url })
  const { origin, hash } = new URL(await served.link())

  const post = async (
    path: string,
    input: unknown,
    headers: Record<string, string>,
    signal: AbortSignal | null = null,
  ): Promise<Response> => {
    const response = await fetch(`${origin}${path}`, {
      method: 'POST',
      signal,
      headers: { 'content-type': 'application/json', origin, ...headers },
      body: JSON.stringify(input),
    })
    if (response.ok) return response
    throw new Error(`${path}: ${response.status} ${await response.text()}`)
  }

  const entered = await post(loopback.enterPath, { token: hash.slice(1) }, {})
  const { tab } = (await entered.json()) as { tab: string }
  const admitted = {
    cookie: (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '',
    [loopback.tabHeader]: tab,
  }
  const call = async <Output>(procedure: string, input: unknown): Promise<Output> => {
    const response = await post(`/rpc/${procedure}`, input, admitted)
    const { result } = (await response.json()) as { result: { data: Output } }
    return result.data
  }
  const { sessionId } = await call<{ sessionId: string }>('sessions.open', {
    profileId: stored?.id ?? 'environment',
    password: null,
  })
  const agent = new Agent({ keepAlive: true })
  // Not with fetch: in Node it takes more of the machine than all of the console's own work on a batch, a browser's does not.
  const pull = async (resultId: string): Promise<{ rows: number; done: boolean }> => {
    const asked = request(`${origin}${loopback.pullPath}`, {
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, ...admitted },
    })
    asked.end(JSON.stringify({ sessionId, resultId }))
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    const bytes = await buffer(response)
    if (response.statusCode !== 200) throw new Error(`pull: ${response.statusCode} ${bytes}`)
    return { rows: indexRows(bytes).length - 1, done: response.headers[loopback.doneHeader] === '1' }
  }
  const feed = async (input: Omit<FeedInput, 'sessionId'>, bytes: Uint8Array): Promise<FeedWant> => {
    const asked = request(`${origin}${loopback.feedPath}`, {
      agent,
      method: 'POST',
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': bytes.byteLength,
        origin,
        [loopback.feedHeader]: JSON.stringify({ sessionId, ...input }),
        ...admitted,
      },
    })
    asked.end(bytes)
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    return JSON.parse((await buffer(response)).toString('utf8')) as FeedWant
  }
  const view = { sessionId, columns: null, filters: [], sort: [] }

  const assertOnItsWay = async (uploadId: string) => {
    const { uploads } = await call<{ uploads: UploadState[] }>('documents.uploads', { sessionId, since: 0 })
    const upload = uploads.find(({ id }) => id === uploadId)
    if (upload?.status === 'failed' || upload?.status === 'duplicate') {
      throw new Error(`The upload is ${upload.status}: ${upload.error?.message ?? ''}`)
    }
  }

  return {
    describe: (relation) => call('rows.describe', { sessionId, relation }),
    ask: (procedure, input) => call(procedure, { sessionId, ...input }),
    async page(relation, from, asked = view) {
      const page = await call<RowsPageOutput>('rows.page', {
        ...view,
        ...asked,
        relation,
        from,
        backward: false,
        limit: 1000,
      })
      await pull(page.resultId)
      return page
    },
    async scan(relation) {
      const { resultId } = await call<{ resultId: string }>('rows.stream', { ...view, relation })
      let rows = 0
      const pullAll = async (): Promise<void> => {
        for (;;) {
          const batch = await pull(resultId)
          rows += batch.rows
          if (batch.done) return
        }
      }
      // The one pull that comes after the end finds nothing more, or the result closed.
      const pulls = [pullAll(), pullAll()]
      await Promise.any(pulls)
      await Promise.allSettled(pulls)
      return rows
    },
    async count(relation, signal) {
      await post('/rpc/rows.count', { sessionId, relation, filters: [] }, admitted, signal)
    },
    async upload(path) {
      await using file = await open(path)
      const { size } = await file.stat()
      const [added] = await call<UploadState[]>('documents.addUploads', {
        sessionId,
        files: [{ name: basename(path), bytes: size }],
        plant: 'HYD-1',
        site: null,
        reason: 'A benchmark',
      })
      const uploadId = added?.id ?? ''
      // One for all chunks: what a browser reads of a file is no garbage of its page either.
      const chunk = new Uint8Array(chunkSize)
      let bytes = chunk.subarray(0, 0)
      for (let offset = 0; ; ) {
        const want = await feed({ uploadId, offset, trouble: null }, bytes)
        if (want.kind === 'end') break
        bytes = chunk.subarray(0, want.kind === 'bytes' ? want.length : 0)
        if (want.kind === 'bytes') {
          offset = want.offset
          await file.read(bytes, 0, want.length, offset)
          continue
        }
        await assertOnItsWay(uploadId)
      }
      await assertOnItsWay(uploadId)
    },
    async peakRss() {
      const status = readFileSync(`/proc/${served.pid}/status`, 'utf8')
      return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) * 1024
    },
    async [Symbol.asyncDispose]() {
      agent.destroy()
      await served.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
