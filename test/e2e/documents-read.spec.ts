import { readFile } from 'node:fs/promises'
import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import type { Locator, Page } from '@playwright/test'
import PdfDocument from 'pdfkit'
import { loopback } from '../../src/shared/loopback.ts'
import { png } from '../support/images.ts'
import { expectAccessible } from './axe.ts'
import { hashOf, openAs, test } from './document-library.ts'
import { expect } from './own-server.ts'

/** Two pages in a font that every reader has to bring along. */
const pdf = async (): Promise<Buffer> => {
  const document = new PdfDocument({ size: 'A5' })
  const parts: Buffer[] = []
  document.on('data', (part: Buffer) => parts.push(part))
  const ended = new Promise((resolve) => document.on('end', resolve))
  document.fontSize(30).text('Batch VX-20001')
  document.addPage().fontSize(30).text('Released by QA')
  document.end()
  await ended
  return Buffer.concat(parts)
}

const choose = async (page: Page, filename: string) => {
  await page.getByRole('grid', { name: 'Documents' }).getByRole('gridcell', { name: filename }).click()
  const details = page.getByRole('complementary', { name: 'Details' })
  await expect(details.getByRole('heading', { level: 2, name: filename })).toBeVisible()
  return details
}

const bar = (dialog: Locator) => dialog.getByRole('toolbar', { name: 'Pages and zoom' })

const inkOf = (page: Page, name: string) =>
  page
    .getByRole('dialog', { name })
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {
        data: [],
      }
      let ink = 0
      for (let at = 0; at < data.length; at += 4) {
        if ((data[at + 3] ?? 0) > 0 && (data[at] ?? 255) < 128) ink += 1
      }
      return ink
    })

test('documents are found by what they are, where, by whom, and by hash', async ({ page, library }) => {
  await library.store('batch.txt', 'text/plain', Buffer.from('one'))
  await library.store('photo.png', 'image/png', png({ width: 4, height: 4 }))
  const held = await library.store('label.txt', 'text/plain', Buffer.from('three'), 'VIZ-1')
  await library.owner.query('update documents set legal_hold = true where id = $1', [held])
  await library.owner.query(
    `with analyst as (insert into users (email, password_hash, role) values ('analyst@example.com', 'x', 'operator') returning id)
     update documents set site = 'warehouse', uploaded_by = analyst.id, created_at = now() - interval '10 days'
       from analyst where documents.id = $1`,
    [held],
  )
  await openAs(page, library, 'viruj_operator')
  const grid = page.getByRole('grid', { name: 'Documents' })
  const files = async (...names: string[]) => {
    await expect(grid.getByRole('gridcell', { name: /\.(txt|png)$/ })).toHaveText(names)
  }
  await files('label.txt', 'photo.png', 'batch.txt')
  await expectAccessible(page, 'documents')

  const filter = async (label: string, value: string) => {
    await page.getByRole('toolbar', { name: 'Filters' }).getByText(label, { exact: true }).click()
    await page.getByRole('checkbox', { name: value }).check()
    await page.keyboard.press('Escape')
  }
  const unfilter = (label: string) =>
    page.getByRole('button', { name: `Remove the filter of ${label}` }).click()
  for (const [label, value] of [
    ['plant', 'VIZ-1'],
    ['site', 'warehouse'],
    ['uploader', 'analyst@example.com'],
  ] as const) {
    await filter(label, value)
    await files('label.txt')
    await unfilter(label)
  }
  await page.getByRole('toolbar', { name: 'Filters' }).getByText('when', { exact: true }).click()
  await page.getByRole('button', { name: 'last 7 days' }).click()
  await files('photo.png', 'batch.txt')
  await unfilter('when')
  await filter('type', 'image/png')
  await files('photo.png')
  await unfilter('type')
  await filter('hold', 'under a legal hold')
  await files('label.txt')
  await unfilter('hold')
  await page.getByRole('toolbar', { name: 'Filters' }).getByText('SHA-256', { exact: true }).click()
  await page
    .getByRole('textbox', { name: 'SHA-256' })
    .fill(hashOf(Buffer.from('one')).slice(0, 12).toUpperCase())
  await page.getByRole('button', { name: 'Show these' }).click()
  await files('batch.txt')
  await unfilter('SHA-256')
  await page.getByRole('textbox', { name: 'Find in file names' }).fill('LABEL')
  await files('label.txt')
})

test('a PDF, an image and a text are shown without a word to anybody else, by keys, too', async ({
  page,
  library,
}) => {
  await library.store('batch.pdf', 'application/pdf', await pdf())
  await library.store('photo.png', 'image/png', png({ width: 64, height: 64 }))
  await library.store('notes.txt', 'text/plain', Buffer.from('Grün: <b>passed</b>\n'))
  await library.store('broken.pdf', 'application/pdf', Buffer.from('%PDF-1.7\nnothing of it'))
  const bombed = png({ width: 50_000, height: 40_000, pixels: Buffer.alloc(64) })
  await library.store('bomb.png', 'image/png', bombed)
  const asked: string[] = []
  const refused: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) refused.push(message.text())
  })
  await openAs(page, library, 'viruj_operator')

  const preview = async (filename: string) => {
    const details = await choose(page, filename)
    await details.getByRole('button', { name: 'Preview' }).click()
    return page.getByRole('dialog', { name: filename })
  }
  const shown = await preview('batch.pdf')
  await expect(shown).toContainText('SHA-256 checked')
  await expect(bar(shown)).toContainText('page 1 of 2')
  await expect(shown.locator('canvas')).toHaveAttribute('aria-label', /Batch VX-20001/)
  expect(await inkOf(page, 'batch.pdf')).toBeGreaterThan(200)
  await expectAccessible(page, 'preview of a PDF')
  await shown.getByRole('region', { name: /^Page 1/ }).focus()
  await page.keyboard.press('PageDown')
  await expect(bar(shown)).toContainText('page 2 of 2')
  await expect(shown.locator('canvas')).toHaveAttribute('aria-label', /Released by QA/)
  await page.keyboard.press('+')
  await expect(bar(shown)).toContainText('150 %')
  await page.keyboard.press('Escape')
  await expect(shown).toBeHidden()

  const image = await preview('photo.png')
  await expect(bar(image)).toContainText('page 1 of 1')
  await expect(image.locator('canvas')).toHaveAttribute('data-page', '1')
  await page.keyboard.press('Escape')
  await expect(image).toBeHidden()

  const text = await preview('notes.txt')
  await expect(text.getByRole('region', { name: 'Text of notes.txt' })).toHaveText('Grün: <b>passed</b>')
  await page.keyboard.press('Escape')
  await expect(text).toBeHidden()

  const broken = await preview('broken.pdf')
  await expect(broken.getByRole('alert')).toContainText('cannot be shown')
  await page.keyboard.press('Escape')
  await expect(broken).toBeHidden()

  const bomb = await preview('bomb.png')
  await expect(bomb.getByRole('alert')).toContainText('50000 × 40000 pixels, more than are shown')
  const origin = new URL(page.url()).origin
  expect(asked.filter((url) => !url.startsWith(origin) && !url.startsWith('blob:'))).toEqual([])
  expect(refused).toEqual([])
})

test('of a long text the beginning is shown, and what is too large is not', async ({ page, library }) => {
  await library.store('long.txt', 'text/plain', Buffer.alloc(1_000_100, 'passed. '))
  await library.store('large.txt', 'text/plain', Buffer.alloc(50 * 1024 * 1024 + 1))
  await openAs(page, library, 'viruj_operator')
  const details = await choose(page, 'long.txt')
  await details.getByRole('button', { name: 'Preview' }).click()
  const text = page.getByRole('dialog', { name: 'long.txt' })
  await expect(text.getByText('The first 1,000,000 characters. Download it for the rest.')).toBeVisible()
  const shown = await text
    .getByRole('region', { name: 'Text of long.txt' })
    .evaluate((one) => one.textContent)
  expect(shown).toHaveLength(1_000_000)
  await page.keyboard.press('Escape')
  await expect(text).toBeHidden()
  await (await choose(page, 'large.txt')).getByRole('button', { name: 'Preview' }).click()
  await expect(page.getByRole('dialog', { name: 'large.txt' }).getByRole('alert')).toContainText(
    'VALUE_TOO_LARGE',
  )
})

test('a download tells how far it is, and saves nothing once it is given up', async ({ page, library }) => {
  await library.store('large.txt', 'text/plain', Buffer.alloc(3_000_000, 'batch record '))
  await openAs(page, library, 'viruj_operator')
  const details = await choose(page, 'large.txt')
  const held = Promise.withResolvers<void>()
  let pulls = 0
  await page.route(`**${loopback.pullPath}`, async (route) => {
    pulls += 1
    if (pulls === 3) await held.promise
    await route.continue().catch(() => undefined)
  })
  let saved = 0
  page.on('download', () => {
    saved += 1
  })
  await details.getByRole('button', { name: 'Download' }).click()
  await expect(details.getByText('1.0 MB of 2.9 MB')).toBeVisible()
  await details.getByRole('button', { name: 'Cancel' }).click()
  await expect(details.getByRole('button', { name: 'Download' })).toBeEnabled()
  held.resolve()
  await expect(details.getByRole('alert')).toHaveCount(0)
  expect(saved).toBe(0)
  // The next one is whole.
  const downloading = page.waitForEvent('download')
  await details.getByRole('button', { name: 'Download' }).click()
  await downloading
})

test('a document is downloaded byte for byte, and one that was changed in the storage is not', async ({
  page,
  library,
}) => {
  const body = Buffer.alloc(3_000_000, 'batch record ')
  const id = await library.store('large.txt', 'text/plain', body)
  const forged = Buffer.from('what was forged')
  await library.store('forged.txt', 'text/plain', forged)
  await library.owner.query(`update documents set sha256 = $1 where filename = 'forged.txt'`, [
    hashOf(Buffer.from('what was signed')),
  ])
  await openAs(page, library, 'viruj_operator')
  const details = await choose(page, 'large.txt')
  const downloading = page.waitForEvent('download')
  await details.getByRole('button', { name: 'Download' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toBe('large.txt')
  expect(hashOf(await readFile(await download.path()))).toBe(hashOf(body))
  await expect(page.getByText('arrived whole')).toBeVisible()
  const { rows } = await library.owner.query(
    `select new_row ->> 'what' as what from audit.event where op = 'ACCESS' and row_pk = $1`,
    [id],
  )
  expect(rows).toEqual([{ what: 'document download' }])

  const wrong = await choose(page, 'forged.txt')
  await wrong.getByRole('button', { name: 'Download' }).click()
  await expect(wrong.getByRole('alert')).toContainText('has another SHA-256')
  await wrong.getByRole('button', { name: 'Preview' }).click()
  const preview = page.getByRole('dialog', { name: 'forged.txt' })
  await expect(preview.getByRole('alert')).toContainText('has another SHA-256')
  await expect(preview).not.toContainText('SHA-256 checked')
})

test('a document that is changed on its way to the page is not saved', async ({ page, library }) => {
  await library.store('report.txt', 'text/plain', Buffer.from('as it was signed'))
  await openAs(page, library, 'viruj_operator')
  const details = await choose(page, 'report.txt')
  await page.route(`**${loopback.pullPath}`, async (route) => {
    const answer = await route.fetch()
    const body = (await answer.body()).toString('latin1').replace('signed', 'forged')
    await route.fulfill({ response: answer, body: Buffer.from(body, 'latin1') })
  })
  let saved = 0
  page.on('download', () => {
    saved += 1
  })
  await details.getByRole('button', { name: 'Download' }).click()
  await expect(details.getByRole('alert')).toContainText('What arrived is not the document')
  expect(saved).toBe(0)
})

test('a link is made for a reason, shown once, and works without the console', async ({ page, library }) => {
  const id = await library.store('report.txt', 'text/plain', Buffer.from('for the inspector'))
  await openAs(page, library, 'viruj_dba')
  const details = await choose(page, 'report.txt')
  await details.getByRole('button', { name: 'Link…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Link to report.txt' })
  await expect(dialog.getByRole('combobox', { name: 'Good for' })).toHaveValue('15 minutes')
  await expect(dialog.getByRole('button', { name: 'Make the link' })).toBeDisabled()
  await dialog.getByLabel('Reason').fill('Inspection 2026-14')
  await expectAccessible(page, 'link')
  await dialog.getByRole('button', { name: 'Make the link' }).click()
  const link = await dialog.getByRole('textbox', { name: 'Link' }).inputValue()
  expect(link).toContain('X-Amz-Expires=900')
  expect(await (await fetch(link)).text()).toBe('for the inspector')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: 'Link to report.txt' })).toBeHidden()
  await expect(page.getByText(link)).toHaveCount(0)
  const history = details.getByRole('region', { name: 'History' })
  await expect(history.getByRole('listitem').first()).toContainText('LINK')
  await expect(history.getByRole('listitem').first()).toContainText('Inspection 2026-14')
  await history.getByRole('link', { name: 'History of this row' }).click()
  const versions = page.getByRole('region', { name: `Versions of documents ${id}` })
  await expect(versions.locator('.op').first()).toHaveText('ACCESS')
  await expect(versions).toContainText('No gap')
})

test('a document is held, released and retired, each for a reason, and stays where it is', async ({
  page,
  library,
}) => {
  await library.store('lawsuit.txt', 'text/plain', Buffer.from('evidence'))
  await library.store('other.txt', 'text/plain', Buffer.from('another'))
  await openAs(page, library, 'viruj_dba')
  const details = await choose(page, 'lawsuit.txt')
  const bucket = details.getByRole('region', { name: 'In the bucket' })
  await expect(bucket).toContainText('not held')
  const change = async (button: string, title: string, verb: string, reason: string) => {
    await details.getByRole('button', { name: button }).click()
    const dialog = page.getByRole('dialog', { name: title })
    await dialog.getByLabel('Reason').fill(reason)
    await dialog.getByRole('button', { name: verb, exact: true }).click()
    await expect(dialog).toBeHidden()
  }
  await change('Legal hold…', 'Hold lawsuit.txt', 'Put on hold', 'Lawsuit 4711')
  await expect(bucket.getByText('held', { exact: true })).toBeVisible()
  await expect(details.getByRole('heading', { level: 2, name: 'lawsuit.txt' })).toBeVisible()
  await expect(details).toContainText('the database refuses to retire it')
  await expect(details.getByRole('button', { name: 'Retire…' })).toHaveCount(0)
  await expectAccessible(page, 'a held document')
  await change('Release hold…', 'Release lawsuit.txt', 'Release', 'Lawsuit ended')
  await expect(bucket).toContainText('not held')
  await change('Retire…', 'Retire lawsuit.txt', 'Retire', 'Kept long enough')
  await expect(details).toContainText('retired')
  await expect(details.getByRole('heading', { level: 2, name: 'lawsuit.txt' })).toBeVisible()
  await expect(details.getByRole('button', { name: 'Preview' })).toBeVisible()
  const { rows } = await library.owner.query(
    `select state, legal_hold from documents where filename = 'lawsuit.txt'`,
  )
  expect(rows).toEqual([{ state: 'retired', legal_hold: false }])
})

test('an upload that nobody will complete is given up, for a reason', async ({ page, library }) => {
  await library.owner.query(
    `insert into documents (filename, plant, bytes, sha256, s3_key, created_at, updated_at)
     values ('half.pdf', 'HYD-1', 9, repeat('0', 64), 'erp/half.pdf', now() - interval '2 hours', now() - interval '2 hours')`,
  )
  await openAs(page, library, 'viruj_operator')
  const details = await choose(page, 'half.pdf')
  await details.getByRole('button', { name: 'Give up…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Give up half.pdf' })
  await dialog.getByLabel('Reason').fill('The scan was damaged')
  await dialog.getByRole('button', { name: 'Give up' }).click()
  await expect(dialog).toBeHidden()
  await expect(details).toContainText('abandoned')
  await expect(details.getByRole('button', { name: 'Give up…' })).toHaveCount(0)
})

test('an object that is gone is said to be', async ({ page, library }) => {
  await library.store('gone.txt', 'text/plain', Buffer.from('soon gone'))
  const { rows } = await library.owner.query(`select s3_key, s3_version from documents`)
  await library.client.send(
    new DeleteObjectCommand({ Bucket: 'documents', Key: rows[0].s3_key, VersionId: rows[0].s3_version }),
  )
  await openAs(page, library, 'viruj_operator')
  const details = await choose(page, 'gone.txt')
  await expect(details.getByRole('region', { name: 'In the bucket' })).toContainText('is not there')
  await details.getByRole('button', { name: 'Preview' }).click()
  await expect(page.getByRole('dialog', { name: 'gone.txt' }).getByRole('alert')).toContainText(
    'is not in the bucket documents',
  )
})
