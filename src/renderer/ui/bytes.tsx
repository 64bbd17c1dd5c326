import { formatBytes } from '../../shared/format-quantity.ts'

export { formatBytes }

/** A size for people; the exact count of bytes on hover. */
export const Bytes = ({ value }: { value: number }) => (
  <span title={`${value.toLocaleString('en')} bytes`}>{formatBytes(value)}</span>
)
