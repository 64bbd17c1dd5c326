import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { auditIn } from '../support/command.ts'
import { sha256Of } from '../support/evidence.ts'
import { createOldTrail, type OldTrail } from '../support/retention.ts'

const why = ['--reason', 'CR-8: ten years are over']

describe('viruj-console audit retire', () => {
  let old: OldTrail
  let file: string
  let month: string
  beforeEach(async () => {
    old = await createOldTrail()
    file = await old.export(6, 9, null)
    month = old.months[0]
  })
  afterEach(() => old[Symbol.asyncDispose]())
  const audit = (...words: string[]) => auditIn(words, old.trail.database.url, old.home)
  const one = async <Value>(text: string): Promise<Value> =>
    (await old.trail.client.query(text)).rows[0].value
  const isThere = () =>
    one<boolean>(`select to_regclass('audit.event_${month.replace('-', '_')}') is not null as value`)
  const noted = () => one<number>('select count(*)::int as value from audit.retired')

  test('tells in numbers what would go, lets it go, and verifies with the package', async () => {
    const words = ['retire', '--month', month, '--package', file, '--unsigned']
    const would = await audit(...words, '--dry-run')
    expect(would).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${month}: 8 events of seals 6 to 7 would go.`),
    })
    expect(would.stdout).toContain('Of 1 of these seals events of other months stay.')
    expect(await isThere()).toBe(true)
    expect((await audit(...words)).stderr).toContain('--reason')

    const went = await audit(...words, ...why)
    expect(went).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('8 events of seals 6 to 7 are gone.'),
    })
    expect(went.stdout).toMatch(/Seal \d+ covers the note of it\.$/)
    expect(await isThere()).toBe(false)

    const verified = await audit('verify')
    expect(verified).toMatchObject({ code: 5, stdout: expect.stringMatching(/^As sealed: \d+ events/) })
    expect(verified.stdout).toContain(
      `Retired: ${month}, 8 events of seals 6 to 7, proven only by the digest of package ${sha256Of(file)}, unsigned.`,
    )
    const shown = await audit('verify', '--package', file)
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Intact: /) })
    expect(shown.stdout).toContain(`Retired: ${month}, 8 events of seals 6 to 7, proven by package`)
    const other = await old.export(8, 9, null)
    expect(await audit('verify', '--package', file, '--package', other)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('of no month that was retired here'),
    })
    expect(await audit(...words, ...why)).toMatchObject({
      code: 1,
      stderr: `${month} is retired already. audit.retired names its packages.`,
    })
    expect(await audit('check')).toMatchObject({
      stdout: expect.stringContaining('ok       Rows are as the trail says'),
    })
  })

  test('check tells when what was retired could be changed', async () => {
    await old.trail.client.query('alter table audit.retired disable trigger retired_append_only')
    expect(await audit('check')).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('audit.retired: trigger retired_append_only does not always fire'),
    })
  })

  test('records rows once more with audit snapshot', async () => {
    const before = await one<Date>(`select since as value from audit.policy where table_name = 'item'`)
    expect(await audit('snapshot', 'public.item', ...why)).toMatchObject({
      code: 0,
      stdout: 'public.item: 25 rows recorded.',
    })
    const since = await one<Date>(`select since as value from audit.policy where table_name = 'item'`)
    expect(since.getTime()).toBeGreaterThan(before.getTime())
    expect(await audit('snapshot', ...why)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('public.users: 0 rows'),
    })
  })

  test.each([
    [['--package', 'x.zip'], '--month'],
    [['--month', '2026-01'], '--package'],
    [['--month', '2026-01', '--package', 'x.zip', '--key', 'abc'], '--key takes'],
  ])('wants %j completed', async (words, because) => {
    expect(await audit('retire', ...words, ...why)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(because),
    })
  })

  test('is for DBAs', async () => {
    const { createRole } = await import('../support/postgres.ts')
    const verifier = await createRole({ as: 'in role viruj_verifier' })
    const url = new URL(old.trail.database.url)
    url.username = verifier.user
    url.password = verifier.password
    const refused = await auditIn(['retire', '--month', month, '--package', file, ...why], url.href, old.home)
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('viruj_dba') })
    await verifier.drop()
  })

  /** Runs the command in a process of its own, and kills it once a statement of it waits for a lock. */
  const killWaiting = async (statement: string): Promise<void> => {
    const child = spawn(
      process.execPath,
      [
        'src/main/cli/main.ts',
        'audit',
        'retire',
        '--month',
        month,
        '--package',
        file,
        '--unsigned',
        ...why,
        '--home',
        old.home,
      ],
      { env: { PATH: process.env.PATH, DATABASE_URL: old.trail.database.url }, stdio: 'ignore' },
    )
    const exited = once(child, 'exit')
    await vi.waitFor(
      async () =>
        expect(
          await one<number>(
            `select count(*)::int as value from pg_stat_activity where wait_event_type = 'Lock' and query like '%${statement}%' and pid <> pg_backend_pid()`,
          ),
        ).toBe(1),
      { timeout: 30_000, interval: 20 },
    )
    child.kill('SIGKILL')
    await exited
  }
  const isOver = () =>
    vi.waitFor(
      async () =>
        expect(
          await one<number>(
            `select count(*)::int as value from pg_stat_activity
              where datname = current_database() and (query like '%audit.retire(%' or query like '%audit.seal()%') and pid <> pg_backend_pid()`,
          ),
        ).toBe(0),
      { timeout: 30_000, interval: 20 },
    )

  test('killed before its transaction ended leaves everything', async () => {
    const reader = await old.trail.database.client()
    await reader.query('begin; select count(*) from audit.event')
    await killWaiting('audit.retire(')
    await reader.query('commit')
    await isOver()
    expect([await isThere(), await noted()]).toEqual([true, 0])
    expect(await old.trail.verify()).toMatchObject({ verdict: 'intact' })
    expect((await audit('retire', '--month', month, '--package', file, '--unsigned', ...why)).code).toBe(0)
  })

  test('killed after its transaction ended leaves the month gone and noted, which the next seal proves', async () => {
    const sealer = await old.trail.database.client()
    await sealer.query('begin; lock table audit.seal in exclusive mode')
    await killWaiting('audit.seal()')
    expect([await isThere(), await noted()]).toEqual([false, 1])
    const report = await old.trail.verify()
    expect(report).toMatchObject({ verdict: 'broken' })
    expect(report.listed[0]?.message).toContain('Seal, and verify again.')
    await sealer.query('rollback')
    await isOver()
    await old.trail.seal()
    expect(await old.trail.verify()).toMatchObject({ verdict: 'retired', findings: 0 })
    expect((await audit('verify', '--package', file)).code).toBe(0)
  })
})
