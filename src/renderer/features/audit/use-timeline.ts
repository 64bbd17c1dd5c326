import {
  keepPreviousData,
  experimental_streamedQuery as streamedQuery,
  useQuery,
} from '@tanstack/react-query'
import type { AuditTimeline } from '../../../shared/audit.ts'
import { rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import type { AuditView } from './use-audit-view.ts'

const buckets = 90
/** Milliseconds of a period that is counted at once: two months. A longer one comes in parts of so many buckets. */
const atOnce = 62 * 86_400_000
const inPart = 15

const add = (counted: AuditTimeline | null, part: AuditTimeline): AuditTimeline =>
  counted === null
    ? part
    : {
        ...counted,
        total: counted.total + part.total,
        buckets: counted.buckets.map((bucket, n) =>
          bucket.counts === null ? (part.buckets[n] ?? bucket) : bucket,
        ),
      }

/** Events over time, the newest part first, so that a long period shows how it is counted. */
export const useTimeline = ({ period: { from, to }, filters }: AuditView) => {
  const { sessionId } = useSession()
  const query = useQuery({
    queryKey: trpc.audit.timeline.queryKey({ sessionId, from, to, buckets, part: null, filters }),
    queryFn: streamedQuery<AuditTimeline, AuditTimeline | null>({
      async *streamFn({ signal }) {
        const isLong =
          from === null || (to === null ? Date.now() : Date.parse(to)) - Date.parse(from) > atOnce
        const size = isLong ? inPart : buckets
        let bounds: { from: string | null; to: string | null } = { from, to }
        for (let first = buckets - size; first >= 0; first -= size) {
          const part = { first, last: first + size - 1 }
          const counted = await rpc.audit.timeline.query(
            { sessionId, ...bounds, buckets, part, filters },
            { signal },
          )
          yield counted
          // There is nothing to count.
          if (counted.from === null) return
          // What is recorded meanwhile must not move the buckets.
          bounds = { from: counted.from, to: counted.to }
        }
      },
      reducer: add,
      initialValue: null,
      refetchMode: 'replace',
    }),
    placeholderData: keepPreviousData,
  })
  return { timeline: query.data ?? null, error: query.error, retry: () => void query.refetch() }
}
