/** A day in UTC, as the server counts days: `2026-11-27`; today, or so many days ahead. */
export const utcDay = (ahead = 0): string =>
  new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10)
