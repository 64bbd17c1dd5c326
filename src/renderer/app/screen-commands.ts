/** Something that the open screen can do, in the palette and by its key. */
export type ScreenCommand = { id: string; title: string; keys?: string; run: () => void }

const current: readonly ScreenCommand[] = []

/** What the open screen offers right now. */
export const screenCommands = (): readonly ScreenCommand[] => current
