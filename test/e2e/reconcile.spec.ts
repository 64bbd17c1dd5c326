import { readFile } from 'node:fs/promises'
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { expectAccessible } from './axe.ts'
import { openAs, test } from './document-library.ts'
import { expect } from './own-server.ts'

test('a document whose object is gone is found, quarantined for a reason, and told so in the list', async ({
  page,
  library: { client, owner, ...library },
}) => {
  await library.store('kept.txt', 'text/plain', Buffer.from('kept'))
  const lost = await library.store('lost.txt', 'text/plain', Buffer.from('lost'))
  await openAs(page, { client, owner, ...library }, 'viruj_dba')
  await page.getByRole('link', { name: 'Compare with the bucket' }).click()
  const main = page.getByRole('main')
  await expect(main).toContainText('Not compared yet in this session.')
  await expect(page.getByRole('link', { name: 'Documents', exact: true })).toHaveAttribute(
    'aria-current',
    'page',
  )
  await page.getByRole('button', { name: 'Compare now' }).click()
  await expect(main).toContainText('Documents and bucket agree.')
  await expect(main).toContainText('2 documents and 2 objects were compared')

  const { rows } = await owner.query('select s3_key, s3_version from documents where id = $1', [lost])
  await client.send(
    new DeleteObjectCommand({ Bucket: 'documents', Key: rows[0].s3_key, VersionId: rows[0].s3_version }),
  )
  await client.send(new PutObjectCommand({ Bucket: 'documents', Key: 'erp/hyd-1/stray.txt', Body: 'stray' }))
  await page.getByRole('button', { name: 'Compare again' }).click()
  const findings = page.getByRole('listbox', { name: 'Findings' })
  await expect(findings.getByRole('option')).toHaveText([/lost\.txt/, /stray\.txt/])
  const chosen = page.getByRole('region', { name: 'Chosen finding' })
  await expect(chosen).toContainText('Nothing lies under its key.')
  await expectAccessible(page, 'findings')

  await chosen.getByRole('button', { name: 'Quarantine…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Quarantine: lost.txt' })
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Deviation 2026-118')
  await dialog.getByRole('button', { name: 'Quarantine', exact: true }).click()
  await expect(chosen.getByRole('status')).toHaveText('1 document is quarantined.')
  await findings.getByRole('option', { name: 'stray.txt' }).click()
  await expect(chosen.getByRole('button', { name: 'Make it a document…' })).toBeVisible()

  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save the report' }).click()
  const lines = (await readFile(await (await downloading).path(), 'utf8')).trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { kind: 'object-missing', documentId: lost },
    { kind: 'object-unknown', key: 'erp/hyd-1/stray.txt' },
    { summary: { differences: 2 } },
  ])

  await page.getByRole('link', { name: 'All documents' }).click()
  const grid = page.getByRole('grid', { name: 'Documents' })
  await grid.getByRole('gridcell', { name: 'lost.txt' }).click()
  const details = page.getByRole('complementary', { name: 'Details' })
  await expect(details).toContainText('quarantined')
  await expect(details.getByRole('region', { name: 'History' })).toContainText('Deviation 2026-118')
})

test('a comparison that a cut connection ended says so, and runs again once it is connected', async ({
  page,
  library,
}) => {
  await library.store('kept.txt', 'text/plain', Buffer.from('kept'))
  await openAs(page, library, 'viruj_dba')
  await page.getByRole('link', { name: 'Compare with the bucket' }).click()
  library.switches.onRequest = async () => {
    delete library.switches.onRequest
    await library.owner.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    return undefined
  }
  await page.getByRole('button', { name: 'Compare now' }).click()
  const failed = page.getByRole('main').getByRole('alert').filter({ hasText: 'CONNECTION_LOST' })
  await expect(failed).toContainText('ended the connection')
  await page.getByRole('button', { name: 'Reconnect' }).click()
  await expect(page.getByRole('banner')).toContainText('primary')
  await failed.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('main')).toContainText('Documents and bucket agree.')
})

test('who may not mend is told why, and without a storage the way to name one', async ({ page, library }) => {
  await library.store('kept.txt', 'text/plain', Buffer.from('kept'))
  await library.client.send(
    new PutObjectCommand({ Bucket: 'documents', Key: 'erp/hyd-1/stray.txt', Body: 'stray' }),
  )
  const chosen = page.getByRole('region', { name: 'Chosen finding' })
  for (const [group, options, says] of [
    ['viruj_reviewer', {}, 'This role may not change documents'],
    ['viruj_dba', { readOnly: true }, 'This connection is read-only'],
  ] as const) {
    await openAs(page, library, group, options)
    await page.getByRole('link', { name: 'Compare with the bucket' }).click()
    await page.getByRole('button', { name: 'Compare now' }).click()
    await expect(chosen).toContainText(says)
    await expect(chosen.getByRole('button')).toHaveCount(0)
    await page.goto(new URL('/', page.url()).href)
  }
  await openAs(page, library, 'viruj_dba', { storage: null })
  await page.getByRole('link', { name: 'Compare with the bucket' }).click()
  await expect(page.getByRole('main')).toContainText('This connection knows no storage.')
  await page.getByRole('link', { name: 'To the connections' }).click()
  await expect(page.getByRole('button', { name: /^Connect to / }).first()).toBeVisible()
})
