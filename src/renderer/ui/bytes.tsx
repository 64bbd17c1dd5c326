const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** `41 MB`, `1.2 GB`: 1024 to a step, as `pg_size_pretty` counts. */
export const formatBytes = (bytes: number): string => {
  let value = bytes
  let unit = 0
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || value >= 10 ? 0 : 1
  return `${value.toFixed(digits)} ${units[unit]}`
}

/** A size for people; the exact count of bytes on hover. */
export const Bytes = ({ value }: { value: number }) => (
  <span title={`${value.toLocaleString('en')} bytes`}>{formatBytes(value)}</span>
)
