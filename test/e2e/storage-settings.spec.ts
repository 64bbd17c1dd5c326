import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, type Page, test } from '@playwright/test'
import { startObjectServer } from '../../src/main/object-server/object-server.ts'
import type { Credential } from '../../src/main/object-server/options.ts'
import { hasKeyring, keyringIn } from '../support/keyring.ts'
import { expectAccessible } from './axe.ts'
import { makeConnection } from './new-connection.ts'
import { serveConsole } from './serve.ts'

test.skip(!hasKeyring, 'gnome-keyring or dbus is not installed')

const owner: Credential = { accessKeyId: 'OWNER', secretAccessKey: 'owner-secret' }
const clerk: Credential = {
  accessKeyId: 'CLERK',
  secretAccessKey: 'clerk-secret',
  deny: ['s3:AbortMultipartUpload'],
}

/** `url` of an object server with the bucket `documents`; `open` shows a console of one home, whose keychain is open. */
const withStorage = test.extend<{ url: string; open: () => Promise<{ stop(): Promise<unknown> }> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  url: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'objects-'))
    const server = await startObjectServer({ folder, credentials: [owner, clerk] })
    const client = new S3Client({
      endpoint: server.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: owner,
    })
    await client.send(new CreateBucketCommand({ Bucket: 'documents', ObjectLockEnabledForBucket: true }))
    client.destroy()
    await use(server.url)
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  },
  open: async ({ page }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'console-storage-'))
    const keyring = keyringIn(folder)
    await use(async () => {
      const served = await serveConsole(
        ['--home', join(folder, 'home'), '--no-sandbox'],
        keyring.environment,
        keyring.within('unlocked'),
      )
      await page.goto(await served.link())
      await expect(page.getByText('passwords are in the system keychain')).toBeVisible()
      return served
    })
    rmSync(folder, { recursive: true, force: true })
  },
})

const ledger = { name: 'Ledger', url: 'postgres://clerk@127.0.0.1:9/ledger' }

const edit = async (page: Page) => {
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  const editor = page.getByRole('dialog', { name: 'Edit “Ledger”' })
  await expect(editor.getByLabel('Name', { exact: true })).toHaveValue('Ledger')
  await editor.getByRole('tab', { name: 'Storage' }).click()
  return editor
}

const stepsOf = (page: Page) =>
  page.getByRole('region', { name: 'Test of the storage' }).getByRole('listitem')

withStorage(
  'a storage is set up by keyboard, tested, told what its key may not do, and saved',
  async ({ page, url, open }) => {
    const served = await open()
    try {
      await makeConnection(page, ledger)
      await page.getByRole('button', { name: 'Edit', exact: true }).focus()
      await page.keyboard.press('Enter')
      const editor = page.getByRole('dialog', { name: 'Edit “Ledger”' })
      await expect(editor.getByLabel('Name', { exact: true })).toBeFocused()
      await editor.getByRole('tab', { name: 'Server' }).focus()
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Space')
      await expect(editor.getByRole('switch', { name: /object storage/ })).toBeChecked()
      await page.keyboard.press('Tab')
      await expect(editor.getByRole('combobox', { name: 'Kept at' })).toBeFocused()
      await page.keyboard.press('Enter')
      const wanted = page.getByRole('option', { name: 'MinIO, Ceph and their like' })
      await expect(wanted).toBeVisible()
      // The list marks where it stands only from the first key on, and counts from there: so down until it is reached.
      await expect
        .poll(async () => {
          await page.keyboard.press('ArrowDown')
          return await wanted.getAttribute('data-combobox-selected')
        })
        .toBe('true')
      await page.keyboard.press('Enter')
      await expect(editor.getByLabel('Endpoint')).toBeVisible()
      // Region, endpoint, bucket, prefix, authority, path style, kind of credentials, access key, secret key.
      const type = async (label: string, text: string) => {
        await page.keyboard.press('Tab')
        await expect(editor.getByLabel(label, { exact: true })).toBeFocused()
        await page.keyboard.type(text)
      }
      await type('Region', '')
      await type('Endpoint', url)
      await type('Bucket', 'documents')
      await type('Prefix', 'erp')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Tab')
      await expect(editor.getByRole('switch', { name: 'Path style' })).toBeChecked()
      await page.keyboard.press('Tab')
      await type('Access key', clerk.accessKeyId)
      await type('Secret key', clerk.secretAccessKey)
      await editor.getByRole('button', { name: 'Test', exact: true }).focus()
      await page.keyboard.press('Enter')

      const abort = stepsOf(page).filter({ hasText: 's3:AbortMultipartUpload' })
      await expect(abort).toContainText('Allow s3:AbortMultipartUpload on arn:aws:s3:::documents/erp/*')
      await expect(abort).toHaveAttribute('data-outcome', 'failed')
      await expect(stepsOf(page).filter({ hasText: 'It may store objects' })).toHaveAttribute(
        'data-outcome',
        'ok',
      )
      await expect(stepsOf(page)).toHaveCount(23)
      await expectAccessible(page, 'the editor of a storage with its test')

      await editor.getByRole('button', { name: 'Save' }).focus()
      await page.keyboard.press('Enter')
      await expect(editor).toBeHidden()
      const detail = page.getByRole('region', { name: 'Connection' })
      await expect(detail).toContainText(`documents/erp/ at ${url}, us-east-1`)
      await expect(detail).toContainText('CLERK, secret key saved')
      await detail.getByRole('button', { name: 'Test storage' }).click()
      await expect(stepsOf(page).filter({ hasText: 'knows the key "CLERK"' })).toBeVisible()
      await expectAccessible(page, 'the detail of a connection with its storage')
    } finally {
      await served.stop()
    }
  },
)

withStorage(
  'a secret key outlives the console, goes to no other storage, and is forgotten on request',
  async ({ page, url, open }) => {
    const first = await open()
    try {
      await makeConnection(page, ledger)
      const editor = await edit(page)
      await editor.getByRole('switch', { name: /object storage/ }).check()
      await editor.getByRole('combobox', { name: 'Kept at' }).click()
      await page.getByRole('option', { name: 'MinIO' }).click()
      await editor.getByLabel('Endpoint').fill(url)
      await editor.getByRole('button', { name: 'Save' }).click()
      await expect(editor.getByText('Name the bucket:', { exact: false })).toBeVisible()
      await editor.getByLabel('Bucket', { exact: true }).fill('documents')
      await editor.getByLabel('Access key', { exact: true }).fill(owner.accessKeyId)
      await editor.getByLabel('Secret key', { exact: true }).fill(owner.secretAccessKey)
      await editor.getByRole('button', { name: 'Save' }).click()
      await expect(editor).toBeHidden()
    } finally {
      await first.stop()
    }
    const second = await open()
    try {
      await page.getByRole('button', { name: 'Test storage' }).click()
      await expect(stepsOf(page).filter({ hasText: 'knows the key "OWNER"' })).toBeVisible()

      const moved = await edit(page)
      await moved.getByLabel('Endpoint').fill('http://storage.example.com')
      await expect(moved.getByText('Not encrypted: everybody on the way')).toBeVisible()
      await moved.getByRole('button', { name: 'Test', exact: true }).click()
      await expect(moved.getByText('belongs to the storage and access key it was saved for')).toBeVisible()
      await moved.getByRole('button', { name: 'Cancel' }).last().click()
      await expect(moved).toBeHidden()

      const forgetting = await edit(page)
      await forgetting.getByLabel('Forget the saved secret key').check()
      await forgetting.getByRole('button', { name: 'Save' }).click()
      await expect(forgetting).toBeHidden()
      await expect(page.getByRole('region', { name: 'Connection' })).toContainText('secret key missing')
      await page.getByRole('button', { name: 'Test storage' }).click()
      await expect(stepsOf(page).filter({ hasText: 'none was saved' })).toHaveAttribute(
        'data-outcome',
        'failed',
      )
    } finally {
      await second.stop()
    }
  },
)
