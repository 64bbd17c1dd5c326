import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cliProgram } from '../support/cli.ts'
import { auditIn } from '../support/command.ts'
import { createGroupRoles } from '../support/domain.ts'
import {
  createDatabase,
  createRole,
  hasPostgres15,
  isHere,
  startServer,
  type Version,
} from '../support/postgres.ts'
import { newHome } from '../support/sandbox.ts'
import { createTrail, type Trail } from '../support/trail.ts'

describe('viruj-console audit', () => {
  let trail: Trail
  let home: string
  beforeEach(async () => {
    trail = await createTrail()
    home = newHome()
  })
  afterEach(() => trail[Symbol.asyncDispose]())
  const audit = (...words: string[]) => auditIn(words, trail.database.url, home)

  test('seals, verifies, remembers what it saw, and finds a trail that was sealed anew', async () => {
    await trail.change()
    expect(await audit('seal')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Seal 5:[0-9a-f]{64} over \d+ events\.$/),
    })
    expect(await audit('seal')).toMatchObject({ code: 0, stdout: expect.stringContaining('heartbeat') })
    const verified = await audit('verify')
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Intact: /) })
    expect(verified.stdout).toContain('2 published seals compared, up to 6.')

    await trail.attack('delete from audit.seal; delete from audit.seal_part')
    await trail.client.query('select audit.seal()')
    const broken = await audit('verify')
    expect(broken).toMatchObject({ code: 3, stdout: expect.stringMatching(/^BROKEN: 2 findings/) })
    expect(broken.stdout).toContain('Seal 5 of ')
    // Another console knows nothing of the seals that were there.
    const other = newHome()
    expect(await auditIn(['verify'], trail.database.url, other)).toMatchObject({ code: 0 })
  })

  test('takes a seal from paper, and begins after one', async () => {
    const [first] = trail.published
    expect(await audit('verify', '--expect', `1:${first?.hash}`)).toMatchObject({ code: 0 })
    expect(await audit('verify', '--expect', `1:${'0'.repeat(64)}`)).toMatchObject({ code: 3 })
    expect(JSON.parse((await audit('verify', '--since', '3', '--json')).stdout)).toMatchObject({
      verdict: 'intact',
      since: '3',
      seals: 1,
    })
    const paper = await audit('paper')
    const last = trail.published.at(-1)
    expect(paper).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/▀[\s\S]*cluster \d+\n4:[0-9a-f]{64}$/),
    })
    expect(JSON.parse((await audit('paper', '--json')).stdout)).toMatchObject({
      sealNo: '4',
      hash: last?.hash,
      database: trail.database.database,
    })
    expect(await audit('verify', '--expect', paper.stdout.split('\n').at(-1) ?? '')).toMatchObject({
      code: 0,
    })
    expect(await audit('verify', '--expect', 'nonsense')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--expect'),
    })
  })

  test('records a table from now on, with a reason, and ends that', async () => {
    await trail.client.query(
      'create table ledger (id int primary key, pin text); insert into ledger values (1), (2)',
    )
    expect(await audit('track', 'public.ledger', '--secret', 'pin')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--reason'),
    })
    expect(
      await audit(
        'track',
        'public.ledger',
        '--secret',
        'pin',
        '--reason-required',
        '--reason',
        'CR-9: ledger',
      ),
    ).toMatchObject({
      code: 0,
      stdout: 'public.ledger is recorded from now on, with a snapshot of its 2 rows.',
    })
    expect((await audit('status')).stdout).toContain('public.ledger  reason required  secret: pin')
    expect((await audit('untrack', 'public.ledger', '--reason', 'CR-10: moved')).code).toBe(0)
    const { rows } = await trail.client.query(
      `select op, reason from audit.event where table_name = 'ledger' and op in ('NOTE', 'SNAPSHOT') order by id`,
    )
    expect(rows).toEqual([
      { op: 'NOTE', reason: 'CR-9: ledger' },
      { op: 'SNAPSHOT', reason: 'CR-9: ledger' },
      { op: 'SNAPSHOT', reason: 'CR-9: ledger' },
      { op: 'NOTE', reason: 'CR-10: moved' },
    ])
    expect((await audit('status')).stdout).not.toContain('ledger')
  })

  test('makes months ahead once', async () => {
    expect((await audit('maintain', '--ahead', '14')).stdout).toBe('2 months made.')
    expect((await audit('maintain', '--ahead', '14')).stdout).toBe('All months are there.')
  })

  test('says so where there is no trail, and where nothing is sealed', async () => {
    await using empty = await createDatabase()
    expect(await auditIn(['verify'], empty.url, home)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no audit trail'),
    })
    await trail.attack('delete from audit.seal; delete from audit.seal_part')
    expect(await audit('verify')).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('Nothing is sealed yet'),
    })
  })

  test('the sealer seals and reads nothing, the verifier reads and seals nothing', async () => {
    const { database } = trail
    await using sealer = await createRole({ as: 'in role viruj_sealer' })
    await using verifier = await createRole({ as: 'in role viruj_verifier' })
    const url = ({ user, password }: { user: string; password: string }) => {
      const as = new URL(database.url)
      as.username = user
      as.password = password
      return as.href
    }
    expect((await auditIn(['seal'], url(sealer), home)).code).toBe(0)
    expect((await auditIn(['verify'], url(sealer), home)).code).toBe(1)
    expect((await auditIn(['verify'], url(verifier), home)).code).toBe(0)
    expect((await auditIn(['seal'], url(verifier), home)).code).toBe(1)
  })

  test('seals every so often until it is stopped, and ends in order', async () => {
    const child = spawn(process.execPath, [cliProgram, 'audit', 'seal', '--every', '100ms', '--home', home], {
      env: { ...process.env, DATABASE_URL: trail.database.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    const lines: string[] = []
    for await (const line of createInterface(child.stdout)) {
      lines.push(line)
      if (lines.length === 3) break
    }
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(lines.map((line) => /^Seal (\d+)/.exec(line)?.[1])).toEqual(['5', '6', '7'])
  })
})

const upgrades: [Version, Version][] = [
  [15, 15],
  [15, 16],
  [14, 18],
]

test.skipIf(!hasPostgres15).each(upgrades.filter(([from]) => isHere(from)))(
  'a dump of %i restored into %i begins a new era, which is no fault, with what was not sealed before',
  async (from, to) => {
    await using server = await startServer({ version: from })
    await using other = await startServer({ version: to, elsewhere: true })
    await using trail = await createTrail(server.address)
    await trail.change()
    await using restored = await createDatabase({ on: other.address })
    // Debian's, and older than the server that it fills: it has all that a dump of 15 has.
    const binaries = '/usr/lib/postgresql/15/bin'
    const superuser = await restored.client()
    await createGroupRoles(superuser)
    const file = `${server.address.dataDir}.dump`
    execFileSync(`${binaries}/pg_dump`, ['-Fc', '-f', file, '-d', trail.database.url])
    execFileSync(`${binaries}/pg_restore`, ['--exit-on-error', '-d', restored.url, file])

    await superuser.query(`insert into item values (500, 'after the restore')`)
    const { rows } = await superuser.query('select n::int, prev_snap from audit.seal()')
    expect(rows[0].prev_snap).toBeNull()
    expect(rows[0].n).toBeGreaterThan(1)
    const { verifyTrail } = await import('../../src/main/audit/trail/verify.ts')
    const report = await verifyTrail(
      superuser,
      { anchors: trail.published, since: null },
      { signal: new AbortController().signal, report: () => undefined },
    )
    expect(report).toMatchObject({ verdict: 'intact', findings: 0, tail: { events: 0 } })
    expect(report.eras.map(({ fromSeal }) => fromSeal)).toEqual(['1', '5'])
  },
)
