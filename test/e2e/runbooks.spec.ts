import { readFileSync } from 'node:fs'
import pg from 'pg'
import { expectAccessible } from './axe.ts'
import { expect, test } from './fixtures.ts'
import { connectTo, makeConnection } from './new-connection.ts'
import { personaUrl } from './persona-url.ts'
import { connectAs, disconnectAll } from './session.ts'

test('a check is run and noted, gone on with in another session, signed for a reason, and saved as PDF', async ({
  page,
}) => {
  await connectAs(page, 'DBA')
  await page.getByRole('link', { name: 'Runbooks' }).click()
  await page.getByRole('button', { name: 'Deployment' }).click()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  const run = page.getByRole('region', { name: 'Deployment' })
  await expect(run.getByRole('region')).toHaveCount(4)
  await expect(run).toContainText('Kept in ops.runbook_run.')
  const sign = run.getByRole('button', { name: 'Sign' })
  await expect(sign).toBeDisabled()
  await expectAccessible(page, 'a runbook')
  const isKept = page.waitForResponse((response) => response.url().includes('runbooks.mark'))
  await run.getByLabel('Note on Migrations before the rollout').fill('At 0019')
  await isKept
  await run.getByRole('checkbox', { name: 'Migrations before the rollout was done' }).click()
  await expect(run.getByRole('checkbox', { name: 'Migrations before the rollout was done' })).toBeChecked()

  // Another one's note is not written over by who did not see it, neither while typing nor on leaving the field.
  const dba = new pg.Client({ connectionString: personaUrl('dba') })
  await dba.connect()
  try {
    await dba.query(
      `update ops.runbook_run set marks = marks || '{"recovery": {"note": "Theirs", "isDone": false}}'
        where id = (select id from ops.runbook_run where runbook = 'deployment' order by started_at desc limit 1)`,
    )
    const recovery = run.getByRole('region', { name: 'Recovery' })
    await recovery.getByLabel('Note').fill('Mine')
    await expect(run.getByRole('alert')).toContainText('Somebody else went on with this run')
    await expect(recovery).toContainText('Saved: Theirs')
    await run.getByLabel('Note on Secrets').fill('From the keychain')
    const marks = async () => {
      const { rows } = await dba.query(
        `select marks from ops.runbook_run where runbook = 'deployment' order by started_at desc limit 1`,
      )
      return rows[0].marks
    }
    await expect.poll(marks).toMatchObject({
      recovery: { note: 'Theirs' },
      secrets: { note: 'From the keychain' },
    })
  } finally {
    await dba.end()
  }

  await page.goto(new URL('/', page.url()).href)
  await disconnectAll(page)
  await connectAs(page, 'DBA')
  await page.getByRole('link', { name: 'Runbooks' }).click()
  await page.getByRole('button', { name: 'Deployment' }).click()
  const runs = page.getByRole('region', { name: 'Runs' })
  const row = runs.getByRole('row').nth(1)
  await expect(row).toContainText('dba-1not signed')
  await expectAccessible(page, 'runs of a runbook')
  await row.getByRole('button').click()
  await expect(run.getByLabel('Note on Migrations before the rollout')).toHaveValue('At 0019')
  await expect(run.getByRole('checkbox', { name: 'Migrations before the rollout was done' })).toBeChecked()
  await run.getByLabel('Note on Recovery').fill('Restored on Monday')
  await run.getByLabel('Reason').fill('CHG-2041 may go')
  await sign.click()
  await expect(run.getByRole('status')).toContainText(/Signed .* by dba-1: CHG-2041 may go/)
  await expect(run).toContainText('Recorded in the audit trail.')
  await expect(run.getByRole('region', { name: 'Recovery' })).toContainText('Note: Restored on Monday')

  await page.getByRole('button', { name: 'All runs' }).click()
  await expect(row).toContainText('signed by dba-1')
  await row.getByRole('button').click()
  const saved = page.waitForEvent('download')
  await run.getByRole('button', { name: 'Save as PDF' }).click()
  const file = await saved
  expect(file.suggestedFilename()).toMatch(/^deployment-\d{4}-\d\d-\d\d\.pdf$/)
  expect(
    readFileSync(await file.path())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-')
})

test('the idle log-in gets a new password, and the old one is closed once its last session is gone', async ({
  page,
}) => {
  const [old, fresh] = ['viruj_app_a', 'viruj_app_b']
  const url = personaUrl('superuser')
  const superuser = new pg.Client({ connectionString: url })
  const application = new pg.Client({
    connectionString: url.replace(/\/\/[^@]*@/, `//${old}:an-old-one@`),
    application_name: 'erp',
  })
  await superuser.connect()
  const close = `alter role ${old} nologin password null; alter role ${fresh} nologin password null`
  try {
    await superuser.query(`alter role ${old} login password 'an-old-one'`)
    await application.connect()
    await makeConnection(page, { name: 'Superuser', url, writes: true })
    await connectTo(page, 'Superuser')
    await page.getByRole('link', { name: 'Rotation' }).click()
    const steps = page.getByRole('region', { name: 'Steps of the rotation' })
    await expect(steps.getByRole('row', { name: new RegExp(`^${old} `) })).toContainText('erp')
    await expectAccessible(page, 'rotation')
    await steps.getByRole('button', { name: `Give ${fresh} a new password` }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog).toContainText(`${old} and its 1 session are not touched`)
    await dialog.getByLabel('Reason').fill('CHG-77')
    await dialog.getByRole('button', { name: 'Set it' }).click()
    const password = steps.getByRole('region', { name: `Password of ${fresh}` })
    await password.getByRole('button', { name: 'Show it once' }).click()
    await expect(password.getByRole('status')).toHaveText(/^[\w-]{32}$/)

    const form = steps.getByRole('region', { name: 'Old log-in', exact: true })
    await form.getByLabel('Log-in to close').fill(old)
    await form.getByLabel('Reason').fill('CHG-77')
    const button = form.getByRole('button', { name: `Close ${old}` })
    await expect(button).toBeDisabled()
    await expect(form).toContainText(`${old} has 1 session still`)
    await application.end()
    await expect(steps).toContainText(`${old} has 0 sessions`)
    await button.click()
    await expect(form.getByRole('status')).toContainText(`${old} may log in no more`)
    await page.getByRole('link', { name: 'Runbooks' }).first().click()
    await page.getByRole('button', { name: 'Rotation of credentials' }).click()
    await expect(page.getByRole('region', { name: 'Runs' }).getByRole('row').nth(1)).toContainText(
      'not signed',
    )
  } finally {
    await application.end()
    await superuser.query(close)
    await superuser.end()
  }
})
