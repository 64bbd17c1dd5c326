import { Button } from '@mantine/core'
import { noAuditFilters } from '../../../shared/audit.ts'
import { allTime } from '../../ui/period.ts'
import type { RelationRow } from '../../ui/records/record.ts'
import type { AuditView } from './use-audit-view.ts'

/** From one event to all that belongs with it: of its row and of its person over all time, of its transaction. */
export const EventActions = ({ row, view }: { row: RelationRow; view: AuditView }) => {
  const [schema, table, key] = [row.text('schema_name'), row.text('table_name'), row.text('row_pk')]
  const [actor, transaction] = [row.text('actor'), row.text('xid')]
  const open = (filters: Partial<typeof noAuditFilters>) =>
    view.show({ period: allTime, filters: { ...noAuditFilters, ...filters }, list: 'versions' })
  return (
    <div className="event-actions">
      {schema !== null && table !== null && key !== null && (
        <Button onClick={() => open({ tables: [{ schema, table }], row: key })}>
          All changes of this row
        </Button>
      )}
      {actor !== null && <Button onClick={() => open({ actors: [actor] })}>All by {actor}</Button>}
      {transaction !== null && <Button onClick={() => open({ transaction })}>Its transaction</Button>}
    </div>
  )
}
