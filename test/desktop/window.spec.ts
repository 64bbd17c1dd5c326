import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { startAgain } from './desktop.ts'
import { expect, test } from './fixtures.ts'

test('the window shows the sample data’s profiles, asked for over its one channel', async ({ page }) => {
  await expect(page.getByText('DBA', { exact: true })).toBeVisible()
  expect(await page.evaluate(() => Object.keys(window.viruj ?? {}))).toEqual(['send'])
})

test('rows reach the window as bytes, and the last batch says so', async ({ page }) => {
  const read = await page.evaluate(async () => {
    const bridge = window.viruj
    if (bridge === undefined) throw new Error('no bridge')
    let id = 1_000_000
    const call = async (path: string, input: unknown) => {
      const answer = await bridge.send({ kind: 'call', id: id++, path, body: JSON.stringify(input) })
      if (answer.kind !== 'called') throw new Error(JSON.stringify(answer))
      return JSON.parse(answer.body).result.data
    }
    const { sessionId } = await call('/rpc/sessions.open', { profileId: 'sandbox-dba', password: null })
    const found = await call('/rpc/catalog.search', { sessionId, text: 'documents', limit: 50 })
    const relation = found.find((one: { name: string }) => one.name === 'documents').oid
    const view = { relation, columns: ['id', 'filename'], filters: [], sort: [] }
    const page = { sessionId, ...view, from: null, backward: false, limit: 10 }
    const { resultId } = await call('/rpc/rows.page', page)
    const batch = await bridge.send({ kind: 'pull', id: id++, sessionId, resultId })
    const closed = await bridge.send({ kind: 'pull', id: id++, sessionId, resultId })
    await call('/rpc/sessions.close', { sessionId })
    return {
      isBytes: batch.kind === 'pulled' && batch.bytes instanceof Uint8Array,
      rows: batch.kind === 'pulled' ? new TextDecoder().decode(batch.bytes).split('\n').length - 1 : 0,
      done: batch.kind === 'pulled' && batch.done,
      code: closed.kind === 'failed' ? closed.error.code : null,
    }
  })
  expect(read).toEqual({ isBytes: true, rows: 10, done: true, code: 'RESULT_CLOSED' })
})

test('a call that is given up ends in the host, too', async ({ page }) => {
  // A server that takes connections and never says a word.
  const silent = createServer()
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const connected = once(silent, 'connection')
  const { port } = silent.address() as AddressInfo
  const draft = {
    name: 'Silent',
    environment: 'development',
    hosts: [{ host: '127.0.0.1', port }],
    targetSessionAttrs: 'any',
    database: 'none',
    user: 'nobody',
    tlsMode: 'verify-full',
    caFile: null,
    allowWeakAuthentication: false,
    role: null,
    readOnly: true,
    statementTimeout: 0,
    connectTimeout: 300,
    idleDisconnect: 0,
  }
  const id = 2_000_000
  const body = JSON.stringify({ id: null, draft, password: null })
  const answer = page.evaluate((message) => window.viruj?.send(message), {
    kind: 'call',
    id,
    path: '/rpc/profiles.diagnose',
    body,
  } as const)
  const [socket] = (await connected) as [Socket]
  const hungUp = once(socket, 'close')
  socket.resume()
  const aborted = await page.evaluate((message) => window.viruj?.send(message), {
    kind: 'abort',
    id,
  } as const)
  expect(aborted).toEqual({ kind: 'aborted' })
  await hungUp
  expect(JSON.stringify(await answer)).toContain('CANCELLED')
  silent.close()
})

test('a message of the wrong shape is answered so', async ({ page }) => {
  const answer = await page.evaluate(() =>
    window.viruj?.send({ kind: 'call', id: -1, path: '/etc/passwd', body: '' }),
  )
  expect(answer).toMatchObject({ kind: 'failed', error: { code: 'INVALID_INPUT' } })
})

test('a second start brings the window to the front, and ends', async ({ desktop, page }) => {
  const focused = desktop.focused()
  expect(await startAgain(desktop)).toBe(0)
  await focused
  await expect(page.getByText('DBA', { exact: true })).toBeVisible()
})

test('a machine that goes to sleep closes the sessions, which say why and connect again on a click', async ({
  desktop,
  page,
}) => {
  await page.getByRole('button', { name: 'Connect to DBA', exact: true }).click()
  await expect(page.getByRole('treeitem').first()).toBeVisible()
  await desktop.suspend()
  const banner = page.getByRole('alert')
  await expect(banner).toContainText('went to sleep')
  await banner.getByRole('button', { name: 'Connect again' }).click()
  await expect(banner).toBeHidden()
  await page.goto(new URL('/', page.url()).href)
  await page.getByRole('button', { name: /^Disconnect / }).click()
})
