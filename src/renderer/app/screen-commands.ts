import { useLayoutEffect } from 'react'

/** Something that the open screen can do, in the palette and by its key. */
export type ScreenCommand = { id: string; title: string; keys?: string; run: () => void }

let current: readonly ScreenCommand[] = []

/** What the open screen offers right now. */
export const screenCommands = (): readonly ScreenCommand[] => current

/** Offers what can be done on this screen, as long as it is open. Only what can be done now: no dead command. */
export const useScreenCommands = (commands: readonly ScreenCommand[]): void => {
  // With every render, and before it is seen: what a command does depends on what the screen shows, and who sees a button may press its key.
  useLayoutEffect(() => {
    current = commands
    return () => {
      current = []
    }
  })
}
