import { Tooltip } from '@mantine/core'
import { exactTime, localTime, parseTimestamp, relativeTime } from './time.ts'

type TimestampProps = {
  /** A `timestamptz` as PostgreSQL wrote it. What cannot be read as a moment is shown as stored. */
  value: string
  format?: 'local' | 'relative'
}

/** A moment in the user's zone; to the microsecond, and in UTC, on hover. */
export const Timestamp = ({ value, format = 'local' }: TimestampProps) => {
  const moment = parseTimestamp(value)
  if (moment === null) return <span className="data">{value}</span>
  const now = Date.now()
  return (
    <Tooltip label={<span className="exact-time">{exactTime(moment, value)}</span>}>
      <time dateTime={new Date(moment).toISOString()}>
        {format === 'local' ? localTime(moment, now) : relativeTime(moment, now)}
      </time>
    </Tooltip>
  )
}
