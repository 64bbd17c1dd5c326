/** Seconds from 1970 to 2000, from which PostgreSQL counts. */
const epoch = 946_684_800
/** Days from the first of March of the year 0 to 1970. */
const daysBefore = 719_468
const daysOf400Years = 146_097

const pad = (value: number, width = 2): string => String(value).padStart(width, '0')

/**
 * What `to_char(…, 'YYYY-MM-DD"T"HH24:MI:SS')` makes of a second since 2000, by UTC. Years before Christ come with a sign, which
 * they lack there: who moves an event by that is found. Date does not do: it ends before PostgreSQL's calendar does.
 */
export const secondText = (second: number): string => {
  const days = Math.floor(second / 86_400)
  const time = second - days * 86_400
  // Years that begin in March have their leap day at the end.
  const shifted = days + epoch / 86_400 + daysBefore
  const cycle = Math.floor(shifted / daysOf400Years)
  const day = shifted - cycle * daysOf400Years
  const year = Math.floor(
    (day - Math.floor(day / 1460) + Math.floor(day / 36_524) - Math.floor(day / 146_096)) / 365,
  )
  const dayOfYear = day - (365 * year + Math.floor(year / 4) - Math.floor(year / 100))
  const month = Math.floor((5 * dayOfYear + 2) / 153)
  const dayOfMonth = dayOfYear - Math.floor((153 * month + 2) / 5) + 1
  const written = year + cycle * 400 + (month < 10 ? 0 : 1)
  const date = [
    written > 0 ? pad(written, 4) : `-${pad(1 - written, 4)}`,
    pad(month < 10 ? month + 3 : month - 9),
    pad(dayOfMonth),
  ]
  return `${date.join('-')}T${pad(Math.floor(time / 3600))}:${pad(Math.floor(time / 60) % 60)}:${pad(time % 60)}`
}

export type SecondWriter = (second: number) => string

/** `secondText` that remembers the last one: events that follow each other are of the same second. */
export const createSecondWriter = (): SecondWriter => {
  let last = Number.NaN
  let text = ''
  return (second) => {
    if (second !== last) {
      last = second
      text = secondText(second)
    }
    return text
  }
}
