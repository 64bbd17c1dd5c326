import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import type { RelationDescription, RowFilter } from '../../../shared/rows.ts'
import { asConsoleError } from '../../app/console-error.ts'
import { rpc } from '../../app/rpc.ts'
import { formatRows } from './format-rows.ts'

type ExactCountProps = {
  sessionId: string
  description: RelationDescription
  filters: RowFilter[]
}

/** How many rows there are: the statistics' estimate, and the exact number when somebody asks and waits for it. */
export const ExactCount = ({ sessionId, description, filters }: ExactCountProps) => {
  const counting = useRef<AbortController | null>(null)
  const count = useMutation({
    mutationFn: () => {
      const controller = new AbortController()
      counting.current = controller
      return rpc.rows.count.mutate(
        { sessionId, relation: description.oid, filters },
        { signal: controller.signal },
      )
    },
    meta: { reportsItself: true },
  })
  if (count.isPending) {
    return (
      <>
        counting…{' '}
        <button type="button" className="link" onClick={() => counting.current?.abort()}>
          cancel
        </button>
      </>
    )
  }
  if (count.data !== undefined) {
    const exact = BigInt(count.data.count).toLocaleString('en')
    return <span title="Counted just now">{`${exact} ${filters.length > 0 ? 'rows match' : 'rows'}`}</span>
  }
  const error = count.error === null ? null : asConsoleError(count.error)
  const isCancelled = error?.code === 'CANCELLED'
  const { estimatedRows } = description
  return (
    <>
      {filters.length === 0 && estimatedRows !== null && `${formatRows(estimatedRows)} rows · `}
      {error !== null && !isCancelled && (
        <span className="count-error" title={`${error.message} ${error.remedy}`}>
          not counted ·{' '}
        </span>
      )}
      <button type="button" className="link" onClick={() => count.mutate()}>
        {filters.length > 0 ? 'count matches' : 'count'}
      </button>
    </>
  )
}
