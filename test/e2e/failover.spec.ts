import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { readPidFile } from '../../src/main/cluster/postmaster.ts'
import { openSandbox, type Sandbox } from '../../src/main/sandbox/sandbox.ts'
import { connectAs as connectClient, servers } from '../support/sandbox.ts'
import { expectAccessible } from './axe.ts'
import { serveConsole } from './serve.ts'
import { connectAs } from './session.ts'

/** Rows that the server said are committed, one after the other, until it is gone. */
const keepWriting = async (sandbox: Sandbox) => {
  const client = await connectClient(sandbox, 'dba')
  const acknowledged: string[] = []
  const gone = (async () => {
    for (;;) {
      const { rows } = await client.query(`
        insert into public.notifications (user_id, delivery_channel, payload)
        select id, 'in_app', '{}' from public.users order by id limit 1 returning id::text`)
      acknowledged.push(rows[0].id)
    }
  })().catch(() => undefined)
  return { acknowledged, gone }
}

test('a primary that is killed under writes is replaced by its standby, all through the screen', async ({
  page,
}) => {
  test.setTimeout(180_000)
  const home = mkdtempSync(join(tmpdir(), 'console-failover-'))
  chmodSync(home, 0o755)
  const served = await serveConsole(['--home', home])
  try {
    const sandbox = await openSandbox({ home })
    await page.goto(await served.link())
    await connectAs(page, 'DBA')

    const other = await page.context().newPage()
    await other.goto(await served.link())
    await connectAs(other, 'DBA')
    // Where a runbook of several screens begins.
    await page.getByRole('link', { name: 'Runbooks' }).click()
    await page.getByRole('button', { name: 'Failover' }).click()
    await page.getByRole('link', { name: 'Go to Failover' }).click()
    const steps = page.getByRole('region', { name: 'Steps of the failover' })
    await expect(steps.getByRole('region', { name: 'The old primary' })).toContainText('NOT FENCED')
    await expect(steps.getByRole('row')).toHaveCount(3)
    const promote = steps.getByRole('button', { name: /^Promote / })
    await expect(promote).toBeDisabled()
    await expectAccessible(page, 'failover')

    const writing = await keepWriting(sandbox)
    await expect.poll(() => writing.acknowledged.length).toBeGreaterThan(20)
    const named = writing.acknowledged.length
    // Its answer is the last that is known of the primary.
    const answered = page.waitForResponse((response) => response.url().includes('failover.assess'))
    await page.getByRole('button', { name: 'Ask again' }).click()
    await answered
    const dataDir = servers(home).find(({ dataDir: folder }) => folder.endsWith('primary'))?.dataDir ?? ''
    process.kill(readPidFile(dataDir)?.pid ?? 0, 'SIGKILL')
    await writing.gone
    await expect(page.getByRole('banner')).toContainText('connection lost')

    const standby = `127.0.0.1:${sandbox.standby.port}`
    await page.getByRole('button', { name: 'Ask again' }).click()
    await expect(steps.getByRole('region', { name: 'The old primary' })).toContainText(
      'No primary answers here',
    )
    const row = steps.getByRole('row', { name: standby })
    await expect(row.getByRole('radio')).toBeChecked()
    await expect(steps.getByRole('region', { name: /^Loss/ })).toContainText(
      /It has all WAL that the primary had at|It lacks .* of WAL/,
    )
    const form = steps.getByRole('region', { name: 'Reason and confirmation' })
    await form.getByLabel('Reason').fill('INC-9: the primary was killed')
    await form.getByLabel('Server to promote').fill(standby)
    await expect(promote).toBeDisabled()
    await form.getByRole('checkbox', { name: /^The old primary is fenced/ }).check()
    await promote.click()

    const log = steps.getByRole('region', { name: 'Promoted' })
    await expect(log).toContainText(`${standby} is a primary, on timeline 2, and takes writes.`, {
      timeout: 60_000,
    })
    await expect(log).toContainText('The reason is in the audit trail of the new primary.')
    await expect(log).toContainText('No other primary answers.')
    await steps.getByRole('button', { name: `Point it at ${standby}` }).click()
    await expect(page.getByRole('banner')).not.toContainText('connection lost')
    await expect(steps.getByRole('region', { name: 'Point the connection at it' })).toContainText(
      `postgresql://dba-1@${standby},127.0.0.1:${sandbox.primary.port}/viruj_erp?`,
    )
    await steps.getByRole('button', { name: 'Check', exact: true }).click()
    await expect(log).toContainText('No drift', { timeout: 60_000 })
    await expect(log).toContainText('This console remembers no seal of the old primary')
    await expectAccessible(page, 'after a failover')

    const saved = page.waitForEvent('download')
    await steps.getByRole('button', { name: 'Save as PDF' }).click()
    expect(
      readFileSync(await (await saved).path())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-')

    // Another session of the connection hears of it, and goes over on a click.
    const banner = other.getByRole('alert').filter({ hasText: 'A failover pointed this connection at' })
    await expect(banner).toContainText(standby)
    await banner.getByRole('button', { name: 'Reconnect' }).click()
    await expect(banner).toHaveCount(0)
    await expect(other.getByRole('banner')).not.toContainText('connection lost')

    await steps.getByRole('link', { name: 'Runbooks' }).click()
    await page.getByRole('button', { name: 'Failover' }).click()
    const kept = page.getByRole('region', { name: 'Runs' }).getByRole('row').nth(1)
    await expect(kept).toContainText('not signed')
    await kept.getByRole('button').click()
    const run = page.getByRole('region', { name: `Failover to ${standby}` })
    await expect(run.getByRole('region', { name: 'Reason' })).toContainText('INC-9: the primary was killed')
    await expect(run.getByRole('region', { name: 'Loss and warnings' })).toContainText(
      /It (has all WAL|lacks)/,
    )
    await expect(run).toContainText('Kept in ops.runbook_run.')

    // All that the server had said was committed when it was last seen is there; what was written later, the estimate names.
    const client = await connectClient(sandbox, 'dba', 'standby')
    const { rows } = await client.query<{ id: string }>('select id::text from public.notifications')
    await client.end()
    const there = new Set(rows.map(({ id }) => id))
    expect(writing.acknowledged.slice(0, named).filter((id) => !there.has(id))).toEqual([])
  } finally {
    await served.stop()
    rmSync(home, { recursive: true, force: true })
  }
})
