import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { Page } from '@playwright/test'
import type pg from 'pg'
import { applySchema } from '../../src/main/sandbox/schema.ts'
import { loopback } from '../../src/shared/loopback.ts'
import { newStorage } from '../../src/shared/storage.ts'
import { createDatabase, createRole, type TestDatabase, type TestRole } from '../support/postgres.ts'
import { expectAccessible } from './axe.ts'
import { openDocuments } from './open-documents.ts'
import { expect, test as own } from './own-server.ts'
import { serveConsole } from './serve.ts'

type Archive = {
  archive: {
    database: TestDatabase
    owner: pg.Client
    operator: TestRole
    url: string
    /** Ends the storage at once, as a power cut does, and starts it again on the same folder and port. */
    kill(): Promise<void>
    start(): Promise<void>
    contentOf(key: string): Promise<Buffer>
    file(name: string, content: Buffer | string): string
  }
}

const credential = { accessKeyId: 'UPLOADER', secretAccessKey: 'upload-secret' }

const startStorage = async (folder: string, port?: number) => {
  const options = { folder, credentials: [credential], ...(port !== undefined && { port }) }
  const child = spawn(process.execPath, ['test/support/object-server-process.ts', JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const [line] = await once(createInterface(child.stdout), 'line')
  return {
    port: Number(line),
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

const test = own.extend<Archive>({
  archive: async ({ server, folder }, use) => {
    const on = server.address
    const objects = join(folder, `objects-${Date.now()}`)
    let storage = await startStorage(objects)
    const { port } = storage
    const url = `http://127.0.0.1:${port}`
    const client = new S3Client({
      endpoint: url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: credential,
    })
    await client.send(new CreateBucketCommand({ Bucket: 'documents' }))
    const database = await createDatabase({ on })
    const owner = await database.client()
    await applySchema(owner)
    const operator = await createRole({ on, as: 'in role viruj_operator' })
    await owner.query(`set audit.reason = 'A test'`)
    await owner.query(
      `insert into metadata (plant, key, value) values ('HYD-1', 'limit', '1');
       insert into documents (filename, plant, bytes, sha256, s3_key, state, stored_at)
       values ('older.pdf', 'HYD-1', 1, repeat('0', 64), 'older', 'stored', now())`,
    )
    await owner.query(`insert into plant_access (role_name, plant) values ($1, 'HYD-1')`, [operator.user])
    await use({
      database,
      owner,
      operator,
      url,
      kill: () => storage.kill(),
      async start() {
        storage = await startStorage(objects, port)
      },
      async contentOf(key) {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: 'documents', Key: key }))
        return Buffer.from((await Body?.transformToByteArray()) ?? [])
      },
      file(name, content) {
        const path = join(folder, name)
        writeFileSync(path, content)
        return path
      },
    })
    client.destroy()
    await storage.kill()
    await database.drop()
    await operator.drop()
  },
})

const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex')
const mebibyte = 1024 * 1024

const openArchive = (page: Page, { database, operator, url }: Archive['archive']): Promise<void> =>
  openDocuments(page, {
    database,
    role: operator,
    storage: {
      ...newStorage,
      endpoint: url,
      bucket: 'documents',
      pathStyle: true,
      accessKeyId: credential.accessKeyId,
      allowedTypes: ['text/plain', 'application/pdf', 'application/octet-stream'],
    },
    storageSecret: credential.secretAccessKey,
  })

const panel = (page: Page) => page.getByRole('region', { name: 'Uploads' })
const row = (page: Page, name: string) => panel(page).getByRole('listitem').filter({ hasText: name })

/** Calls the console for the page's own session, past its screen. */
const callRpc = (page: Page, procedure: string, input: Record<string, unknown>) =>
  page.evaluate(
    async ({ path, header, key, body }) => {
      const sessionId = /\/s\/([^/]+)/.exec(location.href)?.[1]
      const answer = await fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', [header]: sessionStorage.getItem(key) ?? '' },
        body: JSON.stringify({ sessionId, ...body }),
      })
      return (await answer.json()).result?.data
    },
    { path: `/rpc/${procedure}`, header: loopback.tabHeader, key: loopback.tabKey, body: input },
  )

/** Answers the dialog that asks where to and why. */
const confirm = async (page: Page, title: RegExp) => {
  const dialog = page.getByRole('dialog', { name: title })
  await expect(dialog.getByRole('combobox', { name: 'Plant' })).toHaveValue('HYD-1')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Scanned records of the week')
  await dialog.getByRole('button', { name: /^Upload .* to HYD-1$/ }).click()
  await expect(dialog).toBeHidden()
}

/** A folder of the person's desk, dropped onto the list. */
const drop = async (page: Page, files: { name: string; content: string }[]) => {
  const transfer = await page.evaluateHandle((dropped) => {
    const made = new DataTransfer()
    for (const { name, content } of dropped) made.items.add(new File([content], name))
    return made
  }, files)
  const target = page.locator('.upload-area')
  await target.dispatchEvent('dragover', { dataTransfer: transfer })
  await target.dispatchEvent('drop', { dataTransfer: transfer })
}

test('files that are dropped are stored, refused with words, or shown to be there already', async ({
  page,
  archive,
}) => {
  await openArchive(page, archive)
  await page.evaluate(() => {
    new MutationObserver(() => {
      if (document.querySelector('.records-grid .grid-skeleton') !== null)
        document.body.dataset.flashed = 'yes'
    }).observe(document.body, { childList: true, subtree: true })
  })
  await drop(page, [
    { name: 'batch.txt', content: 'Lot VX-20001 passed.' },
    { name: 'page.txt', content: '<html><script>alert(1)</script>' },
  ])
  const dialog = page.getByRole('dialog', { name: 'Upload 2 files, 51 B' })
  await expect(dialog.getByRole('listitem')).toHaveText([/batch\.txt/, /page\.txt/])
  // The plants to choose from are read once the dialog is open.
  await expect(page.getByRole('option', { includeHidden: true }).first()).toBeAttached()
  await expectAccessible(page, 'the dialog')
  await confirm(page, /^Upload 2 files/)
  await expect(panel(page).getByRole('status')).toHaveText('1 of 2 files stored · 1 failed')
  await expect(row(page, 'page.txt')).toContainText('text/html')
  // The list has it without anybody asking.
  await expect(
    page.getByRole('grid', { name: 'Documents' }).getByRole('gridcell', { name: 'batch.txt' }),
  ).toBeVisible()
  // What still asks for somebody comes before what is done, though it was chosen later.
  await expect(panel(page).getByRole('listitem')).toHaveText([/page\.txt/, /batch\.txt/])
  // The list was read again, and nothing jumped.
  expect(await page.evaluate(() => document.body.dataset.flashed)).toBeUndefined()
  const { rows } = await archive.owner.query(`select * from documents where filename = 'batch.txt'`)
  expect(rows).toMatchObject([{ state: 'stored', plant: 'HYD-1', sha256: sha256('Lot VX-20001 passed.') }])
  expect(sha256(await archive.contentOf(rows[0].s3_key))).toBe(rows[0].sha256)

  await drop(page, [{ name: 'again.txt', content: 'Lot VX-20001 passed.' }])
  await confirm(page, /^Upload 1 file/)
  await expect(row(page, 'again.txt')).toContainText(`same content as document ${rows[0].id}, batch.txt`)
  await expectAccessible(page, 'the uploads')
  await row(page, 'again.txt').getByRole('button', { name: 'Keep both' }).click()
  await expect(panel(page).getByRole('status')).toHaveText('2 of 3 files stored · 1 failed')
  await panel(page).getByRole('button', { name: 'Clear finished' }).click()
  await expect(panel(page).getByRole('listitem')).toHaveCount(1)
})

test('a large file stands still while its storage is gone, and ends byte for byte', async ({
  page,
  archive,
}) => {
  const content = Buffer.alloc(96 * mebibyte)
  for (let at = 0; at < content.length; at += mebibyte) content.writeUInt32LE(at + 1, at)
  const path = archive.file('scan.bin', content)
  // Asked for before the key is pressed by so much that the browser knows of it.
  const choosing = page.waitForEvent('filechooser')
  await openArchive(page, archive)
  await expect(page.getByRole('button', { name: 'Upload files…' })).toBeEnabled()
  await page.keyboard.press('u')
  await (await choosing).setFiles(path)
  await confirm(page, /^Upload 1 file, 96 MB/)
  await expect(row(page, 'scan.bin')).toContainText('sending')
  await row(page, 'scan.bin').getByRole('button', { name: 'Pause scan.bin' }).click()
  await expect(row(page, 'scan.bin')).toContainText('paused')
  await archive.kill()
  await row(page, 'scan.bin').getByRole('button', { name: 'Go on with scan.bin' }).click()
  await expect(row(page, 'scan.bin')).toContainText('failed', { timeout: 30_000 })
  await expect(row(page, 'scan.bin')).toContainText('nothing listens there')
  await archive.start()
  await row(page, 'scan.bin').getByRole('button', { name: 'Try scan.bin again' }).click()
  await expect(row(page, 'scan.bin')).toContainText('stored', { timeout: 30_000 })
  const { rows } = await archive.owner.query(`select * from documents where filename = 'scan.bin'`)
  expect(rows).toMatchObject([{ state: 'stored', sha256: sha256(content) }])
  expect(sha256(await archive.contentOf(rows[0].s3_key))).toBe(sha256(content))
})

test('an upload is seen from any screen, goes on there, and is asked about before its session ends', async ({
  page,
  archive,
}) => {
  const path = archive.file('elsewhere.bin', Buffer.alloc(96 * mebibyte, 3))
  await openArchive(page, archive)
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Upload files…' }).click()
  await (await choosing).setFiles(path)
  await confirm(page, /^Upload 1 file/)
  await row(page, 'elsewhere.bin').getByRole('button', { name: 'Pause elsewhere.bin' }).click()
  await expect(row(page, 'elsewhere.bin')).toContainText('paused')
  await page.getByRole('link', { name: 'Browse' }).click()
  const badge = page.getByRole('link', { name: 'Documents' }).getByRole('img')
  await expect(badge).toHaveAccessibleName(/^1 of 1 upload paused, \d+ %$/)

  await page.getByRole('button', { name: archive.database.database }).click()
  await page.getByRole('menuitem', { name: 'Disconnect' }).click()
  const asked = page.getByRole('dialog', { name: '1 upload on the way' })
  await expectAccessible(page, 'the question')
  await asked.getByRole('button', { name: 'Stay connected' }).click()

  // As another tab of the same console would do it.
  const uploads = await callRpc(page, 'documents.uploads', { since: 0 })
  await callRpc(page, 'documents.actOnUploads', { uploadIds: [uploads.uploads[0].id], act: 'resume' })
  await expect(badge).toBeHidden({ timeout: 30_000 })
  const { rows } = await archive.owner.query(`select state from documents where filename = 'elsewhere.bin'`)
  expect(rows).toEqual([{ state: 'stored' }])
})

test('after a reload of the page the file is asked for, and the upload goes on', async ({
  page,
  archive,
}) => {
  const content = Buffer.alloc(96 * mebibyte, 7)
  const path = archive.file('reload.bin', content)
  await openArchive(page, archive)
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Upload files…' }).click()
  await (await choosing).setFiles(path)
  await confirm(page, /^Upload 1 file/)
  await expect(row(page, 'reload.bin')).toContainText('sending')
  page.on('dialog', (asked) => void asked.accept())
  await page.reload()
  await expect(row(page, 'reload.bin')).toContainText('needs its file', { timeout: 20_000 })
  const again = page.waitForEvent('filechooser')
  await panel(page).getByRole('button', { name: 'Choose the files again' }).click()
  await (await again).setFiles(path)
  await expect(row(page, 'reload.bin')).toContainText('stored', { timeout: 30_000 })
  const { rows } = await archive.owner.query(`select * from documents where filename = 'reload.bin'`)
  expect(sha256(await archive.contentOf(rows[0].s3_key))).toBe(sha256(content))
})

test('a signal to the console leaves what is under way pending, says how to go on, and no files', async ({
  page,
  archive,
  folder,
}) => {
  const home = join(folder, 'signalled')
  const temporary = join(folder, 'temporary')
  mkdirSync(temporary)
  const served = await serveConsole(['--home', home, '--no-sandbox'], { TMPDIR: temporary })
  await page.goto(await served.link())
  await expect(page.getByRole('banner').getByRole('button', { name: 'New connection' })).toBeVisible()
  await openArchive(page, archive)
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Upload files…' }).click()
  await (await choosing).setFiles(archive.file('signalled.bin', Buffer.alloc(96 * mebibyte, 9)))
  await confirm(page, /^Upload 1 file/)
  await expect(row(page, 'signalled.bin')).toContainText('sending')
  await row(page, 'signalled.bin').getByRole('button', { name: 'Pause signalled.bin' }).click()
  // Its bytes are with no page.
  const about = { plant: 'HYD-1', site: null, reason: 'A file that is gone' }
  await callRpc(page, 'documents.addUploads', { files: [{ name: 'gone.txt', bytes: 10 }], ...about })
  expect(await served.stop('SIGTERM')).toBe(0)
  expect(served.printed).toContain(
    '2 uploads were cut short. 1 pending: resume from the list of documents, with the same file. 1 not begun: upload the file again.',
  )
  const { rows } = await archive.owner.query(
    `select filename, state, upload_id is not null as begun from documents where filename <> 'older.pdf'`,
  )
  expect(rows).toEqual([{ filename: 'signalled.bin', state: 'pending', begun: true }])
  expect(readdirSync(temporary)).toEqual([])
})

test('a document that an earlier session left pending is resumed with its file, and with no other', async ({
  page,
  archive,
}) => {
  const content = 'Lot VX-20002 passed.'
  await archive.owner.query(
    `insert into documents (filename, plant, bytes, sha256, s3_key, content_type)
     values ('left.txt', 'HYD-1', $1, $2, 'hyd-1/left.txt', 'text/plain')`,
    [content.length, sha256(content)],
  )
  const resume = async (path: string) => {
    const choosing = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Resume with the file…' }).click()
    await (await choosing).setFiles(path)
    const dialog = page.getByRole('dialog', { name: 'Resume left.txt' })
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('The scanner was unplugged')
    await dialog.getByRole('button', { name: 'Resume' }).click()
    await expect(dialog).toBeHidden()
  }
  await openArchive(page, archive)
  await page.getByRole('gridcell', { name: 'left.txt' }).click()
  await resume(archive.file('other.txt', 'Lot VX-20003 passed.'))
  await expect(row(page, 'other.txt')).toContainText('not the file')
  await resume(archive.file('left.txt', content))
  await expect(row(page, 'left.txt')).toContainText('stored')
  const { rows } = await archive.owner.query(`select state from documents where filename = 'left.txt'`)
  expect(rows).toEqual([{ state: 'stored' }])
  expect((await archive.contentOf('hyd-1/left.txt')).toString()).toBe(content)
})
