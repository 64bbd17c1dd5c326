const isMac = navigator.platform.startsWith('Mac')

/** Key names as they stand on this machine's keyboard. `Mod` is Ctrl, or ⌘ on a Mac. */
export const keyNames = (keys: string): string[] =>
  keys.split('+').map((key) => (key === 'Mod' ? (isMac ? '⌘' : 'Ctrl') : key))

/** A keyboard hint: `<Keys keys="Mod+K" />`. */
export const Keys = ({ keys }: { keys: string }) => <kbd className="keys">{keyNames(keys).join(' ')}</kbd>
