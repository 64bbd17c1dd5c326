import type { Tone } from '../../ui/chip.tsx'

const tones: { [state: string]: Tone } = { stored: 'ok', pending: 'warn' }

/** Whether the object was seen in storage. */
export const DocumentState = ({ state }: { state: string }) => (
  <span className="document-state">
    <span className="dot" data-tone={tones[state] ?? 'neutral'} /> {state}
  </span>
)
