/** Every key of the console, as the help shows them. `Mod` is Ctrl, or ⌘ on a Mac; `g b` is typed one after the other. */
export const keyMap = [
  {
    title: 'Everywhere',
    keys: [
      ['Mod+K', 'Search objects, run a command'],
      ['?', 'This help'],
      ['g b', 'Go to Browse'],
      ['g m', 'Go to Metadata'],
      ['g a', 'Go to the audit log'],
      ['g d', 'Go to Documents'],
      ['g g', 'Go to Migrations'],
      ['g f', 'Go to Drift'],
      ['g o', 'Go to the overview of Operations'],
      ['g r', 'Go to Replication'],
      ['g e', 'Go to Sessions'],
      ['g q', 'Go to Queries'],
      ['g v', 'Go to Maintenance'],
      ['g k', 'Go to Backups'],
      ['g w', 'Go to Server'],
      ['g l', 'Go to Alerts'],
      ['g h', 'Go to Runbooks'],
      ['g n', 'Go to Failover'],
      ['g u', 'Go to Posture'],
      ['g p', 'Go to Provisioning'],
      ['g c', 'Go to the connections'],
      ['Esc', 'Close what is open on top'],
    ],
  },
  {
    title: 'In a table',
    keys: [
      ['↑ ↓ ← →', 'Move between cells'],
      ['PgUp PgDn', 'Move by a screen'],
      ['Home End', 'First and last column'],
      ['Mod+Home', 'First row'],
      ['Mod+End', 'Last row'],
      ['Shift+Arrow', 'Select a range'],
      ['Mod+C', 'Copy the selection'],
      ['Enter', 'Open the value'],
    ],
  },
  {
    title: 'In Migrations and Drift',
    keys: [
      ['↑ ↓', 'Move between migrations, or differences'],
      ['Enter', 'Read what is chosen'],
      ['p', 'Plan what is pending'],
      ['r', 'Plan the way back of the last one'],
      ['v', 'Check for drift'],
    ],
  },
  {
    title: 'In Operations',
    keys: [
      ['r', 'Check again'],
      ['p', 'Ask by itself, or no more'],
    ],
  },
  {
    title: 'In a diagram',
    keys: [
      ['Tab', 'Next table'],
      ['↑ ↓ ← →', 'Nearest table that way'],
      ['Enter', 'Open its rows'],
      ['0', 'Show all; + and - zoom'],
      ['k', 'Keys only, or all columns'],
      ['/', 'Find a table'],
    ],
  },
  {
    title: 'In a tree',
    keys: [
      ['↑ ↓', 'Move between objects'],
      ['→', 'Unfold, or go to the first child'],
      ['←', 'Fold, or go to the parent'],
      ['Enter', 'Open the object'],
    ],
  },
] as const satisfies { title: string; keys: readonly (readonly [string, string])[] }[]

const ownKeys = 'input, textarea, select, [contenteditable], [role="tree"], [role="menu"], .monaco-editor'

/** Letters belong to whoever takes text, or finds entries by their first letters; a grid does not. */
export const takesLetters = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest(ownKeys) !== null
