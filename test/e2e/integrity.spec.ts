import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRole, launchServer } from '../support/postgres.ts'
import { createTrail } from '../support/trail.ts'
import { seriousFindings } from './axe.ts'
import { expect, test } from './fixtures.ts'
import { serveConsole } from './serve.ts'
import { connectAs, openScreen } from './session.ts'

test('the trail’s state is on top of it: sealed, verified and checked by a click', async ({ page }) => {
  await connectAs(page, 'DBA')
  await openScreen(page, 'Audit log')
  const integrity = page.getByRole('region', { name: 'Integrity' })
  await integrity.getByRole('button', { name: 'Seal now' }).click()
  await expect(integrity).toContainText(/seal \d+/)
  await expect(integrity).toContainText('everything is sealed')
  await expect(integrity).toContainText('Not verified in this session')
  await integrity.getByRole('button', { name: 'Verify' }).click()
  await expect(integrity).toContainText(/Intact: [\d,]+ events below \d+ seals?/)
  await integrity.getByRole('button', { name: 'Check recording' }).click()
  const check = page.getByRole('region', { name: 'Check of the recording' })
  await expect(check).toContainText('Rows are as the trail says')
  expect(await seriousFindings(page)).toEqual([])
  await check.getByRole('button', { name: 'Close' }).click()
  await expect(check).toBeHidden()
})

test('a seal is printed, and the trail has to lead to it when it is typed from paper', async ({ page }) => {
  await connectAs(page, 'DBA')
  await openScreen(page, 'Audit log')
  const integrity = page.getByRole('region', { name: 'Integrity' })
  const open = async () => {
    await integrity.getByRole('button', { name: 'Seal on paper' }).click()
    return page.getByRole('dialog', { name: 'Seal on paper' })
  }
  const paper = await open()
  const text = (await paper.getByText(/^[0-9]+:([0-9a-f]{8} ?){8}$/).textContent()) ?? ''
  await expect(paper.getByRole('img', { name: 'The same as a code to scan' })).toBeVisible()
  expect(await seriousFindings(page)).toEqual([])
  await page.emulateMedia({ media: 'print' })
  await expect(paper.getByText('Kept by, on')).toBeVisible()
  await expect(integrity).toBeHidden()
  await page.emulateMedia({ media: null })

  await paper.getByLabel('A seal from paper').fill(text.slice(0, 20))
  await expect(paper.getByText('A number, a colon, and 64 hexadecimal digits.')).toBeVisible()
  await paper.getByLabel('A seal from paper').fill(text.toUpperCase())
  await paper.getByRole('button', { name: 'Verify with it' }).click()
  await expect(integrity).toContainText(/Intact: /)

  const other = await open()
  await other.getByLabel('A seal from paper').fill(`${text.split(':')[0]}:${'0'.repeat(64)}`)
  await other.getByRole('button', { name: 'Verify with it' }).click()
  await expect(integrity).toContainText('Broken: 1 finding')
  await expect(page.getByRole('region', { name: 'What was found' })).toContainText(
    'is not the one that was published',
  )
})

test('a reviewer sees how far the trail is sealed, and is offered nothing that the role may not do', async ({
  page,
}) => {
  await connectAs(page, 'Compliance reviewer')
  await openScreen(page, 'Audit log')
  const integrity = page.getByRole('region', { name: 'Integrity' })
  await expect(integrity).toContainText(/sealed/)
  await expect(integrity.getByRole('button', { name: /Seal now|Verify|Check/ })).toHaveCount(0)
})

test('what a superuser altered is found, and the event is named', async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), 'console-integrity-'))
  try {
    await using server = await launchServer(folder)
    await using trail = await createTrail(server.address)
    const { rows } = await trail.client.query('select id_min + 1 as id from audit.seal where seal_no = 2')
    await trail.attack(`update audit.event set actor = 'somebody' where id = ${rows[0].id}`)
    const served = await serveConsole(['--home', join(folder, 'home')], { DATABASE_URL: trail.database.url })
    try {
      await page.goto(await served.link())
      await page.getByRole('button', { name: /^Connect to / }).click()
      await page.getByRole('link', { name: 'Audit log' }).click()
      const integrity = page.getByRole('region', { name: 'Integrity' })
      await integrity.getByRole('button', { name: 'Verify' }).click()
      await expect(integrity).toContainText('Broken: 2 findings')
      await expect(page.getByRole('region', { name: 'What was found' })).toContainText(
        `Event ${rows[0].id} is not as it was sealed.`,
      )
      expect(await seriousFindings(page)).toEqual([])
    } finally {
      await served.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a retired month is told of: by the verdict, which rests on packages for it, and by what is to be reviewed', async ({
  page,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'console-retired-'))
  try {
    await using server = await launchServer(folder)
    await using trail = await createTrail(server.address)
    const { rows } = await trail.client.query<{ month: string }>(
      `select to_char(date_trunc('month', now() at time zone 'UTC') - interval '4 months', 'YYYY-MM') as month`,
    )
    const month = rows[0]?.month ?? ''
    await trail.client.query(`select audit.make_months(1, $1::timestamptz)`, [`${month}-01Z`])
    await trail.seal()
    await trail.client.query(
      `insert into audit.event (ts, op) select $1::timestamptz, 'NOTE' from generate_series(1, 8)`,
      [`${month}-10Z`],
    )
    await trail.seal()
    await trail.client.query(
      `select audit.retire($1, 8, null, '{6,6}', '[]', jsonb_build_array(jsonb_build_object('sha256', repeat('0', 64), 'key_id', null)), 'CR-8')`,
      [month],
    )
    await trail.seal()
    const role = await createRole({ on: server.address, as: 'in role viruj_reviewer' })
    const reviewer = await trail.database.client(role)
    await reviewer.query(`select audit.sign_off(6, 6, 'accepted', 'The package was looked at')`)
    const served = await serveConsole(['--home', join(folder, 'home')], { DATABASE_URL: trail.database.url })
    try {
      await page.goto(await served.link())
      await page.getByRole('button', { name: /^Connect to / }).click()
      await page.getByRole('link', { name: 'Audit log' }).click()
      const integrity = page.getByRole('region', { name: 'Integrity' })
      await integrity.getByRole('button', { name: 'Verify' }).click()
      await expect(integrity).toContainText(
        new RegExp(`As sealed: \\d+ events below 7 seals. Retired, proven by their packages only: ${month}`),
      )
      await expect(integrity).not.toContainText('Intact')
      await page.getByRole('button', { name: /^Reviewed \d+ %$/ }).click()
      const dialog = page.getByRole('dialog', { name: 'Review of this period' })
      await expect(dialog).toContainText('8 of these events are retired: packages hold them, not the log.')
      await expect(dialog.getByRole('list', { name: 'Reviews of this period' })).toContainText(
        'seal 6, 8 events, 8 of them retired',
      )
      expect(await seriousFindings(page)).toEqual([])
    } finally {
      await served.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
