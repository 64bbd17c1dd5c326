import { z } from 'zod'
import { type ProbeReport, type Verdict, verdicts } from '../../../shared/operations.ts'
import { headline } from './verdict-words.ts'

/** Hours of the day between which nobody is disturbed; the first may be the later one: over midnight. */
const quietHours = z.object({ from: z.int().min(0).max(23), to: z.int().min(0).max(23) })
export type QuietHours = z.infer<typeof quietHours>

const alertEvent = z.object({
  /** ISO 8601 UTC. */
  at: z.string(),
  probe: z.string(),
  title: z.string(),
  from: z.enum(verdicts),
  to: z.enum(verdicts),
  text: z.string().max(400),
  /** Nobody was notified: it came in quiet hours. */
  isQuiet: z.boolean(),
})
export type AlertEvent = z.infer<typeof alertEvent>

/** What is kept of a connection's alerts. */
export const alerts = z.object({
  isWatching: z.boolean(),
  quiet: quietHours.nullable(),
  /** The newest first. */
  events: z.array(alertEvent),
})
export type Alerts = z.infer<typeof alerts>

export const noAlerts: Alerts = { isWatching: false, quiet: null, events: [] }

/** Events that are kept: they fit into one setting. */
const eventLimit = 100

/** Whether an hour of the day is one of the quiet ones. */
export const isQuiet = (hours: QuietHours | null, hour: number): boolean => {
  if (hours === null || hours.from === hours.to) return false
  return hours.from < hours.to ? hour >= hours.from && hour < hours.to : hour >= hours.from || hour < hours.to
}

const isBad = (verdict: Verdict): boolean => verdict === 'warn' || verdict === 'critical'

type Watched = {
  title: string
  report: Pick<ProbeReport, 'id' | 'verdict' | 'findings' | 'summary' | 'ranAt'>
}

/**
 * What became worse, or well again, since the last look. A check that could not be asked changes nothing: its last verdict stays until
 * it is known again. The first look tells what is bad already.
 * @param before verdicts by probe; brought up to date
 */
export const changesSince = (
  before: Map<string, Verdict>,
  watched: readonly Watched[],
): Omit<AlertEvent, 'isQuiet'>[] =>
  watched.flatMap(({ title, report }) => {
    const { id: probe, verdict: to, ranAt: at } = report
    if (to === 'unknown' || to === 'not-checked') return []
    const from = before.get(probe) ?? 'ok'
    before.set(probe, to)
    if (from === to || !(isBad(from) || isBad(to))) return []
    return [{ at, probe, title, from, to, text: headline(report).slice(0, 400) }]
  })

export const withEvents = (kept: Alerts, events: readonly AlertEvent[]): Alerts => ({
  ...kept,
  events: [...events.toReversed(), ...kept.events].slice(0, eventLimit),
})
