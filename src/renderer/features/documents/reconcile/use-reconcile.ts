import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { type Finding, type ReconcileReport, reconcileReport } from '../../../../shared/reconcile.ts'
import { queryClient, rpc, trpc } from '../../../app/rpc.ts'
import { useSession } from '../../../app/session-context.tsx'
import { type Job, useJob } from '../../../app/use-job.ts'

/** A finding by what it is of: the same one in every comparison. */
export const idOf = ({ kind, key, uploadId }: Finding): string =>
  [kind, key, uploadId ?? ''].map(encodeURIComponent).join('/')

export type Comparison = {
  job: Job<ReconcileReport>
  compare: (input: { depth: ReconcileReport['depth']; stuckHours: number }) => void
  /** What was done about a finding since it was found. */
  mendedBy: (finding: Finding) => string | null
  markMended: (findings: readonly Finding[], done: string) => void
}

const nothing = () => undefined

/** The comparison of documents and bucket of this session: the last one that ran, and what was done about it since. */
export const useReconcile = (): Comparison => {
  const { sessionId } = useSession()
  const job = useJob({ kind: 'reconcile-documents', result: reconcileReport, watch: false, onEnd: nothing })
  const key = ['mended-findings', job.state?.id ?? '']
  const mended = useQuery({
    queryKey: key,
    queryFn: (): Record<string, string> => ({}),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })
  const compare = useCallback(
    (input: Parameters<Comparison['compare']>[0]) =>
      job.start(() => rpc.documents.reconcile.mutate({ sessionId, ...input })),
    [job.start, sessionId],
  )
  return {
    job,
    compare,
    mendedBy: (finding) => mended.data?.[idOf(finding)] ?? null,
    markMended: (findings, done) => {
      queryClient.setQueryData(key, (before: Record<string, string> = {}) => ({
        ...before,
        ...Object.fromEntries(findings.map((finding) => [idOf(finding), done])),
      }))
      void queryClient.invalidateQueries(trpc.documents.pathFilter())
      void queryClient.invalidateQueries(trpc.audit.pathFilter())
    },
  }
}
