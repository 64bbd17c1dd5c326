import type { WorkingHours } from '../../../shared/working-hours.ts'

/** From the first day of the ISO week on. */
export const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

/** Until somebody says otherwise: Monday to Friday, 07 to 19 in the person's own zone. */
export const usualHours = (): WorkingHours => ({
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  days: [1, 2, 3, 4, 5],
  from: '07:00',
  to: '19:00',
})

/** Names of zones to choose from; the chosen one is there, whatever the browser knows. */
export const zones = (chosen: string): string[] => [
  ...new Set([chosen, 'UTC', ...Intl.supportedValuesOf('timeZone')]),
]

/** `Mon–Fri 07:00–19:00 Asia/Kolkata` */
export const hoursWords = ({ zone, days, from, to }: WorkingHours): string => {
  const [first = 1] = days
  const last = days.at(-1) ?? first
  const isRun = days.length > 2 && last - first === days.length - 1
  const name = (day: number) => dayNames[day - 1] ?? ''
  const named = isRun ? `${name(first)}–${name(last)}` : days.map(name).join(', ')
  return `${named} ${from}–${to} ${zone}`
}
