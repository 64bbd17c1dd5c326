import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { canEnter } from './system-user.ts'

test('an account enters a folder only when each folder above lets it through', () => {
  const outer = mkdtempSync(join(tmpdir(), 'viruj-enter-'))
  onTestFinished(() => rmSync(outer, { recursive: true }))
  const inner = join(outer, 'inner')
  mkdirSync(inner)
  chmodSync(inner, 0o711)
  const nobody = { name: 'nobody', uid: 65_534, gid: 65_534 }
  const owner = { name: 'owner', uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }

  expect(canEnter(nobody, inner)).toBe(false)
  expect(canEnter(owner, inner)).toBe(true)
  chmodSync(outer, 0o711)
  expect(canEnter(nobody, inner)).toBe(true)
  chmodSync(inner, 0o600)
  expect(canEnter(owner, inner)).toBe(false)
})
