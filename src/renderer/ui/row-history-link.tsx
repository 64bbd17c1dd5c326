import { Link } from '@tanstack/react-router'
import { noAuditFilters } from '../../shared/audit.ts'
import { useSession } from '../app/session-context.tsx'
import { allTime } from './period.ts'

type RowHistoryLinkProps = {
  schema: string
  table: string
  /** Its key, as the trail writes it. */
  row: string
  className?: string
}

/** Leads to all that was recorded of a row. */
export const RowHistoryLink = ({ schema, table, row, className = 'link' }: RowHistoryLinkProps) => {
  const { sessionId } = useSession()
  return (
    <Link
      className={className}
      to="/s/$sessionId/audit"
      params={{ sessionId }}
      state={{
        audit: {
          period: allTime,
          filters: { ...noAuditFilters, tables: [{ schema, table }], row },
          list: 'versions',
        },
      }}
    >
      History of this row
    </Link>
  )
}
