import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import type { Diagnosis, ProfileDraft } from '../../../shared/profiles.ts'
import { rpc } from '../../app/rpc.ts'

type Subject = { id: string | null; draft: ProfileDraft; password: string | null }

export type RunningDiagnosis = {
  run: (subject: Subject) => void
  cancel: () => void
  pending: boolean
  result: Diagnosis | undefined
  /** Why there is no result; null also after a cancel. */
  error: Error | null
}

/** Tests a connection step by step; a test that is no longer wanted ends at once. */
export const useDiagnosis = (): RunningDiagnosis => {
  const running = useRef<AbortController | null>(null)
  const diagnose = useMutation({
    mutationFn: (subject: Subject) => {
      running.current = new AbortController()
      return rpc.profiles.diagnose.mutate(subject, { signal: running.current.signal })
    },
  })
  return {
    run: diagnose.mutate,
    cancel: () => {
      running.current?.abort()
      diagnose.reset()
    },
    pending: diagnose.isPending,
    result: diagnose.data,
    error: diagnose.error,
  }
}
