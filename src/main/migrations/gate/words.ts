const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

/** `12 MB`, as pg_size_pretty writes it: powers of 1024. */
export const sizeText = (bytes: number): string => {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = value < 10 && unit > 0 ? 1 : 0
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${units[unit]}`
}

/** `40 minutes`, `3 days`: rounded down to what matters. */
export const ageText = (seconds: number): string => {
  const [amount, unit] =
    seconds < 7200
      ? [seconds / 60, 'minute']
      : seconds < 172_800
        ? [seconds / 3600, 'hour']
        : [seconds / 86_400, 'day']
  const whole = Math.floor(amount)
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`
}

const shown = 4

/** `a, b, c, d and 12 more`. */
export const listText = (names: readonly string[]): string =>
  names.length <= shown + 1
    ? names.join(', ')
    : `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`
