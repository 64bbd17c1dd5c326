import type { Verdict } from '../../shared/operations.ts'
import type { Tone } from './chip.tsx'

export const toneOf: Record<Verdict, Tone> = {
  ok: 'ok',
  'not-checked': 'neutral',
  unknown: 'neutral',
  warn: 'warn',
  critical: 'crit',
}

export const wordOf: Record<Verdict, string> = {
  ok: 'fine',
  'not-checked': 'not checked',
  unknown: 'unknown',
  warn: 'warning',
  critical: 'critical',
}
