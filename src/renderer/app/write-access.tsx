import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import { ConfirmWrites } from './confirm-writes.tsx'
import { useSession } from './session-context.tsx'

/** Asks what this session needs before its first change. True: it may write now. */
type AskToWrite = () => Promise<boolean>

const WriteAccessContext = createContext<AskToWrite | null>(null)

/** To be called before any procedure that writes. The server side refuses anyway; this asks in time. */
export const useAskToWrite = (): AskToWrite => {
  const ask = useContext(WriteAccessContext)
  if (ask === null) throw new Error('useAskToWrite() was called outside of a session.')
  return ask
}

/** Holds the dialog that asks for the database's name, once per session on production. */
export const WriteAccess = ({ children }: { children: ReactNode }) => {
  const { writes } = useSession()
  const [answer, setAnswer] = useState<((granted: boolean) => void) | null>(null)
  const ask = useMemo(
    (): AskToWrite => () =>
      writes === 'confirm'
        ? new Promise((resolve) => setAnswer(() => resolve))
        : Promise.resolve(writes === 'allowed'),
    [writes],
  )
  const end = (granted: boolean) => {
    answer?.(granted)
    setAnswer(null)
  }
  return (
    <WriteAccessContext value={ask}>
      {children}
      {answer !== null && <ConfirmWrites onConfirmed={() => end(true)} onCancel={() => end(false)} />}
    </WriteAccessContext>
  )
}
