const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 2 })

/** An estimate for people: exact looking only where it is small, `~48 k`, `~9.8 M`. */
export const formatRows = (estimate: number): string =>
  estimate < 10_000
    ? `~${Math.round(estimate).toLocaleString('en')}`
    : `~${compact
        .format(estimate)
        .replace('K', ' k')
        .replace(/([MBT])$/, ' $1')}`
