import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { probeTableMarks, probeTables } from './probe-table.ts'
import { probes } from './probes.ts'

test('the tables of docs/operations.md are those of the probes (else run scripts/generate-probe-table.ts)', () => {
  const page = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8')
  const { begin, end } = probeTableMarks
  expect(page).toContain(`${begin}\n\n${probeTables()}\n\n${end}`)
})

test('every probe has a name of its own, is for each version, and its thresholds rise from warn to critical', () => {
  expect(new Set(probes.map(({ id }) => id)).size).toBe(probes.length)
  for (const { id, sql, thresholds } of probes) {
    expect([id, Object.keys(sql).length > 0]).toEqual([id, true])
    for (const [key, { standard }] of Object.entries(thresholds)) {
      // As a profile names them.
      expect(`${id}.${key}`).toMatch(/^[a-z-]+\.[a-zA-Z]+$/)
      const worse = thresholds[key.replace('Warn', 'Critical')]
      expect([key, (worse?.standard ?? standard) >= standard]).toEqual([key, true])
    }
  }
})
