import { expect, test } from 'vitest'
import { migrationFindings } from './migration-findings.ts'
import { type Surroundings, worstLag } from './surroundings.ts'

const MB = 1024 ** 2
const hour = 3600

const surroundings = (changes: Partial<Surroundings> = {}): Surroundings => ({
  standbys: [],
  backup: { known: true, finishedAt: '2026-11-25T00:00:00Z', ageSeconds: 0 },
  ...changes,
})

/** `rule severity: detail` of a migration that takes back what there is, or keeps it. */
const said = (around: Surroundings, options: { loses?: boolean; direction?: 'up' | 'down' } = {}): string[] =>
  migrationFindings(
    {
      name: '0001_a',
      direction: options.direction ?? 'up',
      hasDown: options.direction !== 'down',
      confirm: options.loses === true ? ['public.a'] : [],
      statements: [],
    },
    null,
    around,
  ).map(({ rule, severity, detail }) => `${rule} ${severity}: ${detail}`)

const behind = (...lags: (number | null)[]): Surroundings =>
  surroundings({ standbys: lags.map((lagBytes, index) => ({ name: `s${index}`, lagBytes })) })

test.for<[Surroundings, string, number | null]>([
  [behind(), 'ok: No standby streams from this server', null],
  [behind(0), 'ok: Standby "s0" is 0 bytes behind.', 0],
  [behind(64 * MB - 1), 'ok: Standby', 64 * MB - 1],
  [behind(1, 64 * MB), 'warning: Standby "s0" is 1 byte', 64 * MB],
  [behind(1024 * MB - 1), 'warning: Standby', 1024 * MB - 1],
  [behind(1024 * MB, 5), 'danger: Standby', 1024 * MB],
  [behind(null), 'warning: how far standby "s0" is behind is not known', null],
  [behind(1024 * MB, null), 'danger: Standby', null],
])('standbys %#', ([around, text, worst]) => {
  const found = said(around).find((line) => line.startsWith('replica-lag ')) ?? ''
  expect(found).toContain(`replica-lag ${text}`)
  expect(found.includes('What the migration writes')).toBe(!text.startsWith('ok'))
  expect(worstLag(around)).toBe(worst)
})

const backedUp = (ageSeconds: number | null): Surroundings =>
  surroundings({ backup: { known: true, finishedAt: null, ageSeconds } })

test.for<[Surroundings, boolean, string]>([
  [surroundings({ backup: { known: false, because: 'nobody says' } }), false, 'warning: Not known: nobody'],
  [surroundings({ backup: { known: false, because: 'nobody says' } }), true, 'danger: Not known: nobody'],
  [backedUp(null), false, 'warning: ops.backup_run has no backup'],
  [backedUp(36 * hour), true, 'ok: It ended 36 hours ago. What this migration takes away'],
  [backedUp(36 * hour + 1), false, 'warning: It ended'],
  [backedUp(36 * hour + 1), true, 'danger: It ended'],
])('backups %#', ([around, loses, text]) => {
  const found = said(around, { loses }).find((line) => line.startsWith('backup-age ')) ?? ''
  expect(found).toContain(`backup-age ${text}`)
  expect(found.includes('takes away')).toBe(loses && text.includes('It ended'))
})

test('a way down needs no other way back', () => {
  expect(said(surroundings(), { direction: 'down' }).some((line) => line.startsWith('no-way-down'))).toBe(
    false,
  )
})
