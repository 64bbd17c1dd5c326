import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { cliProgram } from '../support/cli.ts'
import { auditIn } from '../support/command.ts'
import { emptyFolder, manifestOf, unpack, verifyIn } from '../support/evidence.ts'
import type { Verified } from '../support/evidence-files.ts'
import { hasKeyring, keyringIn } from '../support/keyring.ts'
import { newHome } from '../support/sandbox.ts'
import { createTrail, type Trail } from '../support/trail.ts'

describe('viruj-console audit export', () => {
  let trail: Trail
  const home = newHome()
  beforeAll(async () => {
    trail = await createTrail()
  })
  afterAll(() => trail[Symbol.asyncDispose]())

  const audit = (...words: string[]) => auditIn(words, trail.database.url, home)
  const newFile = () => join(emptyFolder(), 'evidence.zip')

  /** The command in a process of its own, where the keychain is what `environment` says. */
  const auditBy = (
    environment: NodeJS.ProcessEnv,
    [program, ...line]: readonly [string, ...string[]],
    ...words: string[]
  ): Promise<Verified> =>
    new Promise((resolve) => {
      execFile(
        program,
        [...line, cliProgram, 'audit', ...words, '--home', home],
        { env: { ...environment, DATABASE_URL: trail.database.url } },
        (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      )
    })
  const noBus = { PATH: process.env.PATH, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' }

  test('without a keychain makes nothing, until the person takes it unsigned', async () => {
    const out = newFile()
    const words = ['export', '--seals', '1..2', '--out', out, '--reason', 'CR-9: asked for']
    const refused = await auditBy(noBus, [process.execPath], ...words)
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('--unsigned') })
    expect(existsSync(out)).toBe(false)
    const made = await auditBy(noBus, [process.execPath], ...words, '--unsigned')
    expect(made.code).toBe(0)
    expect(made.stdout).toContain('It holds personal data as it was recorded.')
    expect(made.stdout).toContain('UNSIGNED')
    expect((await verifyIn(unpack(out))).code).toBe(2)
  })

  test('takes a period, a row or seals, and says as JSON what it made', async () => {
    const period = newFile()
    const made = await audit(
      'export',
      '--from',
      '2026-01-01',
      '--to',
      '2099-01-01T05:30:00+05:30',
      '--out',
      period,
      '--reason',
      'CR-9: asked for',
      '--unsigned',
      '--json',
    )
    expect([made.code, JSON.parse(made.stdout)]).toMatchObject([
      0,
      { name: 'evidence.zip', verdict: 'unsigned', seals: { from: '1' } },
    ])
    expect(manifestOf(unpack(period)).scope).toEqual({
      kind: 'period',
      from: '2026-01-01T00:00:00Z',
      to: '2099-01-01T05:30:00+05:30',
    })
    const row = newFile()
    expect(
      (
        await audit(
          'export',
          '--table',
          'public.item',
          '--row',
          '2',
          '--out',
          row,
          '--reason',
          'CR-9: asked for',
          '--unsigned',
        )
      ).stdout,
    ).toContain('NOT proven: that these are all events of that row.')
    expect(manifestOf(unpack(row)).scope).toEqual({ kind: 'row', schema: 'public', table: 'item', row: '2' })
  })

  test.each([
    [['--seals', '1..2', '--from', '2026-01-01'], 'Name one scope'],
    [[], 'Name one scope'],
    [['--seals', '1-2'], '--seals takes'],
    [['--table', 'item', '--row', '2'], 'with its schema'],
    [['--table', 'public.item'], 'with its schema'],
    [['--from', 'yesterday'], '--from and --to take times'],
    [['--from', '2026-02-01', '--to', '2026-01-01'], 'ends before it begins'],
    [['--seals', '1..999'], 'There are seals 1 to'],
  ])('refuses %j', async (words, because) => {
    const made = await audit(
      'export',
      ...words,
      '--out',
      newFile(),
      '--reason',
      'CR-9: asked for',
      '--unsigned',
    )
    expect(made).toMatchObject({ code: 1, stderr: expect.stringContaining(because) })
  })

  test('wants a reason and a file', async () => {
    expect((await audit('export', '--seals', '1..1', '--out', newFile(), '--unsigned')).stderr).toContain(
      '--reason',
    )
    expect(
      (await audit('export', '--seals', '1..1', '--reason', 'CR-9: asked for', '--unsigned')).stderr,
    ).toContain('--out')
    const nowhere = join(emptyFolder(), 'missing', 'evidence.zip')
    expect(
      (
        await audit(
          'export',
          '--seals',
          '1..1',
          '--out',
          nowhere,
          '--reason',
          'CR-9: asked for',
          '--unsigned',
        )
      ).stderr,
    ).toContain('cannot be written')
  })

  test('ends with 3 where the trail does not hold', async () => {
    await using broken = await createTrail()
    await broken.attack(
      `delete from audit.event where id = (select id_min from audit.seal where seal_no = 2)`,
    )
    const made = await auditIn(
      ['export', '--seals', '1..3', '--out', newFile(), '--reason', 'CR-9: asked for', '--unsigned'],
      broken.database.url,
      home,
    )
    expect(made).toMatchObject({ code: 3, stdout: expect.stringContaining('REFUSED by its own verifier') })
  })

  test.skipIf(!hasKeyring)(
    'signs with a key that is made once, and never replaced while the keychain is locked',
    async () => {
      const keyring = keyringIn(mkdtempSync(join(inject('runFolder'), 'keyring-')))
      const within = (state: 'locked' | 'unlocked', ring = keyring): [string, ...string[]] => {
        const [program = '', ...line] = ring.within(state)
        return [program, ...line, process.execPath]
      }
      const fingerprint = async () => {
        const { stdout } = await auditBy(keyring.environment, within('unlocked'), 'key', '--json')
        return JSON.parse(stdout.split('\n').at(-2) ?? '').keyId
      }
      const keyId = await fingerprint()
      expect(keyId).toMatch(/^[0-9a-f]{64}$/)
      const out = newFile()
      const words = ['export', '--seals', '1..2', '--reason', 'CR-9: asked for']
      expect((await auditBy(keyring.environment, within('unlocked'), ...words, '--out', out)).code).toBe(0)
      expect((await verifyIn(unpack(out), '--key', keyId.toUpperCase())).code).toBe(0)
      const refused = await auditBy(keyring.environment, within('locked'), ...words, '--out', newFile())
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be signed') })
      // An empty keychain looks like one that is locked: the key may be lost, and that is for a person to say.
      const empty = keyringIn(mkdtempSync(join(inject('runFolder'), 'keyring-')))
      expect(await auditBy(empty.environment, within('unlocked', empty), 'key')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('is not in the keychain'),
      })
      expect(await fingerprint()).toBe(keyId)
    },
  )
})
