import { useMutation, useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { z } from 'zod'
import { trailCheck } from '../../../shared/audit-check.ts'
import { trailReport } from '../../../shared/audit-trail.ts'
import { notifyDone, notifyFailure } from '../../app/notify.ts'
import { abortable, queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useJob } from '../../app/use-job.ts'
import { useAskToWrite } from '../../app/write-access.tsx'

/** Milliseconds between looks at how far the trail is sealed. */
const lookInterval = 15_000

/** What is known of the trail's integrity: how far it is sealed, and what the last verification and check of this session found. */
export const useIntegrity = () => {
  const { sessionId } = useSession()
  const askToWrite = useAskToWrite()
  const state = useQuery(
    trpc.trail.state.queryOptions({ sessionId }, { ...abortable, refetchInterval: lookInterval }),
  )
  const readAgain = useCallback(() => void queryClient.invalidateQueries(trpc.trail.state.pathFilter()), [])
  const verification = useJob({ kind: 'verify-trail', result: trailReport, watch: true, onEnd: readAgain })
  const check = useJob({ kind: 'check-trail', result: z.array(trailCheck), watch: false, onEnd: readAgain })
  const sealing = useMutation({
    mutationFn: async () => ((await askToWrite()) ? rpc.trail.seal.mutate({ sessionId }) : null),
    onSuccess: (seal) => {
      if (seal !== null) notifyDone(`Seal ${seal.sealNo} is made.`)
    },
    onError: notifyFailure,
    onSettled: readAgain,
  })
  return {
    state,
    verification,
    check,
    isSealing: sealing.isPending,
    seal: () => sealing.mutate(),
    /** @param expected seals from paper, as they were typed, which the trail has to lead to */
    verify: (expected: string[] = []) => {
      verification.dismiss()
      verification.start(() => rpc.trail.verify.mutate({ sessionId, expected }))
    },
    look: () => {
      check.dismiss()
      check.start(() => rpc.trail.check.mutate({ sessionId }))
    },
  }
}
export type Integrity = ReturnType<typeof useIntegrity>
