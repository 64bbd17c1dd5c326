/** PostgreSQL's ISO output of a `timestamptz`: `2026-11-22 09:53:11.308201+00`, offsets with minutes and seconds too. */
const timestamptz =
  /^(\d{4,6})-(\d\d)-(\d\d)[ T](\d\d:\d\d:\d\d)(\.\d{1,6})?(Z|[+-]\d\d(?::?\d\d)?(?::\d\d)?)$/

/** Milliseconds since 1970, or null for what is no finite moment in our calendar (`infinity`, BC, another DateStyle). */
export const parseTimestamp = (text: string): number | null => {
  const match = timestamptz.exec(text)
  if (match === null) return null
  const [, year = '', month, day, time, fraction = '', zone = 'Z'] = match
  const offset = zone === 'Z' ? 'Z' : /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone.slice(0, 6)
  const years = year.length > 4 ? `+${year.padStart(6, '0')}` : year
  const milliseconds = Date.parse(`${years}-${month}-${day}T${time}${fraction.slice(0, 4)}${offset}`)
  return Number.isNaN(milliseconds) ? null : milliseconds
}

const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })

/** `3 min. ago`, `in 2 days`; `now` and the answer are in milliseconds since 1970 and words. */
export const relativeTime = (moment: number, now: number): string => {
  const seconds = Math.round((moment - now) / 1000)
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit)
  }
  return 'now'
}

const pad = (value: number): string => String(value).padStart(2, '0')
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `22 Nov 14:58:00` in the user's zone; with its year when that is not this year. */
export const localTime = (moment: number, now: number): string => {
  const date = new Date(moment)
  const year = date.getFullYear() === new Date(now).getFullYear() ? '' : ` ${date.getFullYear()}`
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
  return `${pad(date.getDate())} ${months[date.getMonth()]}${year} ${time}`
}

/** The whole moment in the user's zone and in UTC, with the microseconds that PostgreSQL gave, on two lines; on one where that is the same. */
export const exactTime = (moment: number, stored: string): string => {
  const fraction = /\.\d{1,6}/.exec(stored)?.[0] ?? ''
  const date = new Date(moment)
  const offset = -date.getTimezoneOffset()
  const zone = `${offset < 0 ? '-' : '+'}${pad(Math.trunc(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`
  const local = new Date(moment + offset * 60_000).toISOString().slice(0, 19).replace('T', ' ')
  const utc = date.toISOString().slice(0, 19).replace('T', ' ')
  const inUtc = `${utc}${fraction} UTC`
  return local === utc ? inUtc : `${local}${fraction} UTC${zone}\n${inUtc}`
}
