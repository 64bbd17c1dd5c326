import type { RelationRow } from '../../ui/records/record.ts'
import { RecordFacts } from '../../ui/records/record-facts.tsx'
import { exactTime, parseTimestamp } from '../../ui/time.ts'
import { ChangedFields } from './changed-fields.tsx'
import { EventActions } from './event-actions.tsx'
import type { AuditView } from './use-audit-view.ts'

/** Who did what, when and why, and what it changed. */
export const EventDetail = ({ row, view }: { row: RelationRow; view: AuditView }) => {
  const ts = row.text('ts') ?? ''
  const moment = parseTimestamp(ts)
  const who = [`${row.text('actor')} as ${row.text('acting_role')}`, row.text('client_addr')]
  return (
    <>
      <h2>
        {[row.text('op'), row.text('table_name'), row.text('row_pk')]
          .filter((part) => part !== null)
          .join(' ')}
      </h2>
      <RecordFacts
        facts={[
          ['Who', who.filter((part) => part !== null).join(', ')],
          [
            'When',
            <span key="when" className="event-time">
              {moment === null ? ts : exactTime(moment, ts)}
            </span>,
          ],
          ['Reason', row.text('reason')],
          ['Program', row.text('app')],
          [
            'Transaction',
            <span key="xid" className="data">
              {row.text('xid')}
            </span>,
          ],
          [
            'Event',
            <span key="id" className="data">
              {row.text('id')}
            </span>,
          ],
        ]}
      />
      <ChangedFields key={row.text('id')} row={row} />
      <EventActions row={row} view={view} />
    </>
  )
}
