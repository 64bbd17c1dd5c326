import { createContext, useContext } from 'react'
import type { SessionState } from '../../shared/sessions.ts'

export const SessionContext = createContext<SessionState | null>(null)

/** The session that the screen belongs to, as the server last reported it. Only below `/s/$sessionId`. */
export const useSession = (): SessionState => {
  const session = useContext(SessionContext)
  if (session === null) throw new Error('useSession() was called outside of a session.')
  return session
}
