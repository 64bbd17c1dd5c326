import type { ProbeReport, Verdict } from '../../../shared/operations.ts'
import { count } from '../../ui/count.ts'
import { toneOf, wordOf } from '../../ui/verdict-tone.ts'

export { toneOf, wordOf }

/** What wants attention first. What could not be asked comes last: nothing is known of it. */
const order: readonly Verdict[] = ['critical', 'warn', 'unknown', 'ok', 'not-checked']

export const byUrgency = (one: Verdict, other: Verdict): number => order.indexOf(one) - order.indexOf(other)

/** `1 critical, 2 warnings, 4 fine, 1 not checked`. */
export const countVerdicts = (verdicts: readonly Verdict[]): string =>
  order
    .flatMap((verdict) => {
      const number = verdicts.filter((one) => one === verdict).length
      if (number === 0) return []
      return verdict === 'warn' ? count(number, 'warning') : `${number} ${wordOf[verdict]}`
    })
    .join(', ')

/** What a report says first: its worst finding, or all of it where there is none. */
export const headline = ({ findings, summary }: Pick<ProbeReport, 'findings' | 'summary'>): string =>
  findings[0]?.text ?? summary
