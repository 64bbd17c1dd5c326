import { type TrailReport, type TrailState, tailLimit } from '../../../shared/audit-trail.ts'
import { count } from '../../ui/count.ts'
import { formatDuration } from '../../ui/duration.ts'

/** Seconds for which an event may wait for its seal before it is worth a warning. */
const patience = 300

export type Verdict = { tone: 'ok' | 'warn' | 'crit'; words: string }

/** The state of the trail in one line, the worst first: what was verified in this session counts more than what is sealed. */
export const verdictOf = (state: TrailState, report: TrailReport | null): Verdict => {
  if (report?.verdict === 'broken')
    return { tone: 'crit', words: `Broken: ${count(report.findings, 'finding')}` }
  if (state.lastSeal === null) return { tone: 'warn', words: 'Not sealed: nothing can be proven yet' }
  if (report?.verdict === 'intact') {
    return {
      tone: 'ok',
      words: `Intact: ${count(report.events, 'event')} below ${count(report.seals, 'seal')}`,
    }
  }
  if (report?.verdict === 'retired') {
    const gone = report.retired.filter(({ shown }) => !shown)
    return {
      tone: 'warn',
      words: `As sealed: ${count(report.events, 'event')} below ${count(report.seals, 'seal')}. Retired, proven by their packages only: ${gone.map(({ month }) => month).join(', ')}`,
    }
  }
  return { tone: 'warn', words: 'Not verified in this session' }
}

/** What is not sealed yet: until then nobody would notice a change of it. */
export const tailOf = ({ lastSeal, tail }: TrailState): Verdict => {
  if (tail.events === 0) return { tone: 'ok', words: 'everything is sealed' }
  const age = tail.age ?? 0
  const number =
    tail.events > tailLimit ? `more than ${count(tailLimit, 'event')}` : count(tail.events, 'event')
  const events = `${number} not sealed yet`
  return {
    tone: age > patience ? 'warn' : 'ok',
    // Before the first seal the oldest is as old as the log.
    words: lastSeal === null ? events : `${events}, the oldest ${formatDuration(age * 1000)} old`,
  }
}

/** What a verification compared with, in words. */
export const anchorsOf = ({ anchors }: TrailReport): string =>
  anchors.checked === 0
    ? 'This console saw no seal before: who can rewrite all seals would not be noticed.'
    : `Compared with ${count(anchors.checked, 'seal')} that this console saw before, up to ${anchors.newest?.sealNo ?? ''}.`
