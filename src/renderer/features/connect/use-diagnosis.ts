import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import type { Diagnosis, ProfileDraft } from '../../../shared/profiles.ts'
import type { StorageSettings } from '../../../shared/storage.ts'
import type { StorageDiagnosis } from '../../../shared/storage-diagnosis.ts'
import { rpc } from '../../app/rpc.ts'

type Running<Subject, Result> = {
  run: (subject: Subject) => void
  cancel: () => void
  pending: boolean
  result: Result | undefined
  /** Why there is no result; null also after a cancel. */
  error: Error | null
}

const useTest = <Subject, Result>(
  test: (subject: Subject, options: { signal: AbortSignal }) => Promise<Result>,
): Running<Subject, Result> => {
  const running = useRef<AbortController | null>(null)
  const diagnose = useMutation({
    mutationFn: (subject: Subject) => {
      running.current = new AbortController()
      return test(subject, { signal: running.current.signal })
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

type Subject = { id: string | null; draft: ProfileDraft; password: string | null }
export type RunningDiagnosis = Running<Subject, Diagnosis>

/** Tests a connection step by step; a test that is no longer wanted ends at once. */
export const useDiagnosis = (): RunningDiagnosis =>
  useTest((subject: Subject, options) => rpc.profiles.diagnose.mutate(subject, options))

type StorageSubject = { id: string | null; storage: StorageSettings; secret: string | null }
export type RunningStorageDiagnosis = Running<StorageSubject, StorageDiagnosis>

/** The same of the storage of its documents. */
export const useStorageDiagnosis = (): RunningStorageDiagnosis =>
  useTest((subject: StorageSubject, options) => rpc.profiles.diagnoseStorage.mutate(subject, options))
