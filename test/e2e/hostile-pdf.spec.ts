import { buffer } from 'node:stream/consumers'
import PdfDocument from 'pdfkit'
import { hostilePdfs } from '../support/hostile-pdfs.ts'
import { openAs, test } from './document-library.ts'
import { expect } from './own-server.ts'

const encrypted = (): Promise<Buffer> => {
  const document = new PdfDocument({ userPassword: 'secret', pdfVersion: '1.7' })
  const read = buffer(document)
  document.text('Batch VX-20001').end()
  return read
}

/** What the preview says of each; null: it is drawn. */
const expected: Record<string, RegExp | null> = {
  'cyclic pages.pdf': /circular reference/,
  'a form in itself.pdf': null,
  'a huge page.pdf': null,
  'a long page.pdf': null,
  'a thread of a page.pdf': null,
  'a huge image.pdf': null,
  'what runs and calls.pdf': null,
  'a hundred thousand pages.pdf': null,
  'a page without end.pdf': /takes too long/,
  'encrypted.pdf': /password/i,
}

test('the preview of a hostile PDF ends in a bounded drawing or in words, runs nothing and asks nobody', async ({
  page,
  library,
}) => {
  const files = { ...hostilePdfs, 'encrypted.pdf': await encrypted() }
  expect(Object.keys(files)).toEqual(Object.keys(expected))
  for (const [name, body] of Object.entries(files)) await library.store(name, 'application/pdf', body)
  const asked: string[] = []
  const opened: string[] = []
  page.context().on('request', (request) => asked.push(request.url()))
  page.context().on('page', (popup) => opened.push(popup.url()))
  page.on('dialog', (dialog) => {
    opened.push(dialog.message())
    void dialog.dismiss()
  })
  await page.clock.install()
  await openAs(page, library, 'viruj_operator')
  for (const [name, says] of Object.entries(expected)) {
    await page.getByRole('grid', { name: 'Documents' }).getByRole('gridcell', { name }).click()
    await page.getByRole('button', { name: 'Preview' }).click()
    const dialog = page.getByRole('dialog', { name })
    if (says?.test('takes too long')) {
      await expect(dialog.getByRole('toolbar')).toContainText('page 1 of 1')
      await page.clock.fastForward(20_000)
    }
    if (says === null) {
      const canvas = dialog.locator('canvas[data-page="1"]')
      await expect(canvas).toBeVisible({ timeout: 30_000 })
      const pixels = await canvas.evaluate(({ width, height }: HTMLCanvasElement) => width * height)
      expect(pixels).toBeLessThanOrEqual(16_000_000)
    } else await expect(dialog.getByRole('alert')).toContainText(says)
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
  }
  const { origin } = new URL(page.url())
  expect(asked.filter((url) => !url.startsWith(origin) && !url.startsWith('blob:'))).toEqual([])
  expect(opened).toEqual([])
})
