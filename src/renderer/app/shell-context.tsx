import { createContext, useContext } from 'react'

/** What any part of the window may open on top of it. */
type Shell = {
  openPalette: () => void
  openHelp: () => void
  /** Asks where uploads would end with the session. True: it may end. */
  askToEnd: (sessionId: string) => Promise<boolean>
}

export const ShellContext = createContext<Shell | null>(null)

export const useShell = (): Shell => {
  const shell = useContext(ShellContext)
  if (shell === null) throw new Error('useShell() was called outside of the window.')
  return shell
}
