import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useRef, useState } from 'react'
import type { ConsoleError, ErrorCode } from '../../shared/errors.ts'
import type { Profile } from '../../shared/profiles.ts'
import type { SessionState } from '../../shared/sessions.ts'
import { asConsoleError } from './console-error.ts'
import { PasswordPrompt } from './password-prompt.tsx'
import { queryClient, rpc, trpc } from './rpc.ts'

/** Failures that another password can mend. */
const asksPassword: readonly ErrorCode[] = ['AUTH_FAILED', 'KEYCHAIN_LOCKED', 'KEYCHAIN_MISSING']

type Attempt = { profile: Profile; password: string | null; typed: boolean }

const accountOf = ({ user, hosts }: Profile): string =>
  `${user} on ${hosts.map(({ host }) => host).join(', ')}`

export type OpenSession = {
  open: (profile: Profile) => void
  cancel: () => void
  /** The profile that is being connected to. */
  opening: string | null
  /** Why the last attempt failed, and of which profile. */
  failure: { profileId: string; error: ConsoleError } | null
  /** To be drawn: the password prompt, when one is needed. */
  prompt: ReactNode
}

/**
 * Connects to a profile. A password that is not saved, or cannot be read, is asked for and the reason said; none is
 * ever tried silently.
 */
export const useOpenSession = (onOpened: (session: SessionState) => void): OpenSession => {
  const [asking, setAsking] = useState<{ profile: Profile; reason: string } | null>(null)
  const [failure, setFailure] = useState<OpenSession['failure']>(null)
  const running = useRef<AbortController | null>(null)

  const connecting = useMutation({
    mutationFn: ({ profile, password }: Attempt) => {
      running.current = new AbortController()
      return rpc.sessions.open.mutate({ profileId: profile.id, password }, { signal: running.current.signal })
    },
    onMutate: () => setFailure(null),
    onSuccess: async (session) => {
      setAsking(null)
      queryClient.setQueryData(trpc.sessions.state.queryKey({ sessionId: session.sessionId }), session)
      await queryClient.invalidateQueries(trpc.sessions.list.pathFilter())
      onOpened(session)
    },
    onError: (failed, { profile, typed }) => {
      const error = asConsoleError(failed)
      if (running.current?.signal.aborted === true) return
      setFailure({ profileId: profile.id, error })
      if (typed || !asksPassword.includes(error.code)) return
      setAsking({ profile, reason: `${error.message} ${error.remedy}` })
    },
  })

  const cancel = () => {
    running.current?.abort()
    setAsking(null)
  }

  return {
    open: (profile) => {
      if (profile.source === 'stored' && !profile.hasSecret) {
        setFailure(null)
        setAsking({ profile, reason: `No password is saved for “${profile.name}”.` })
      } else {
        connecting.mutate({ profile, password: null, typed: false })
      }
    },
    cancel,
    opening: connecting.isPending ? connecting.variables.profile.id : null,
    failure,
    prompt: asking !== null && (
      <PasswordPrompt
        account={accountOf(asking.profile)}
        reason={asking.reason}
        error={connecting.variables?.typed === true && failure !== null ? failure.error : null}
        connecting={connecting.isPending}
        onConnect={(password) => connecting.mutate({ profile: asking.profile, password, typed: true })}
        onCancel={cancel}
      />
    ),
  }
}
