import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startTestLoopback, type TestLoopback, type Ticket } from '../support/loopback.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

let database: TestDatabase
let host: TestLoopback
let ticket: Ticket
let sessionId: string
let relation: string

const call = async <Data>(path: string, input: unknown, signal?: AbortSignal) => {
  const response = await fetch(`${host.origin}/rpc/${path}`, {
    method: 'POST',
    headers: host.own(ticket),
    body: JSON.stringify(input),
    ...(signal === undefined ? {} : { signal }),
  })
  const answer = (await response.json()) as { result: { data: Data } }
  return answer.result.data
}
const pull = (resultId: string) =>
  fetch(`${host.origin}/pull`, {
    method: 'POST',
    headers: host.own(ticket),
    body: JSON.stringify({ sessionId, resultId }),
  })

beforeAll(async () => {
  database = await createDatabase()
  const client = await database.client()
  await client.query(`
    create table public.notes (id int primary key, body text);
    insert into public.notes select n, 'päge ' || n || E'\\t\\n' from generate_series(1, 3) n;
    create view public.forever as select pg_sleep(60)::text as body`)
  relation = (await client.query(`select 'public.notes'::regclass::oid::text as oid`)).rows[0].oid
  host = await startTestLoopback({ DATABASE_URL: database.url })
  ticket = await host.enter()
  const { profiles } = await call<{ profiles: { id: string }[] }>('profiles.list', undefined)
  const opening = { profileId: profiles[0]?.id, password: null }
  sessionId = (await call<{ sessionId: string }>('sessions.open', opening)).sessionId
})
afterAll(async () => {
  await host[Symbol.asyncDispose]()
  await database.drop()
})

test('rows reach the page as the bytes of COPY, and the last batch says so', async () => {
  const { resultId } = await call<{ resultId: string }>('rows.page', {
    sessionId,
    relation,
    columns: null,
    filters: [],
    sort: [],
    from: null,
    backward: false,
    limit: 1000,
  })
  let text = ''
  for (let done = false; !done; ) {
    const response = await pull(resultId)
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    text += Buffer.from(await response.bytes()).toString('utf8')
    done = response.headers.get('x-console-done') === '1'
  }
  const lines = text.split('\n').filter((line) => line !== '')
  expect(lines.map((line) => line.split('\t').slice(0, 2))).toEqual([
    ['1', 'päge 1\\t\\n'],
    ['2', 'päge 2\\t\\n'],
    ['3', 'päge 3\\t\\n'],
  ])
})

test('a refused pull is an error in the console’s words', async () => {
  const response = await pull('none')
  expect(response.status).toBe(500)
  expect(response.headers.get('x-console-refused')).toBe('1')
  expect(await response.json()).toMatchObject({ code: 'RESULT_CLOSED' })
})

test('a page that goes away takes its statement with it', async () => {
  const client = await database.client()
  const running = async () =>
    (
      await client.query(
        `select count(*)::int as n from pg_stat_activity
          where datname = current_database() and state = 'active' and query like '%forever%'
            and pid <> pg_backend_pid()`,
      )
    ).rows[0].n as number
  const view = (await client.query(`select 'public.forever'::regclass::oid::text as oid`)).rows[0].oid
  const leaving = new AbortController()
  const given = call('rows.count', { sessionId, relation: view, filters: [] }, leaving.signal).catch(
    (error: unknown) => error,
  )
  await vi.waitFor(async () => expect(await running()).toBe(1), { timeout: 10_000 })
  leaving.abort()
  await vi.waitFor(async () => expect(await running()).toBe(0), { timeout: 10_000 })
  expect(await given).toMatchObject({ name: 'AbortError' })
})
