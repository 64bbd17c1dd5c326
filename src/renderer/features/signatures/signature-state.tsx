import type { SignatureState as State } from '../../../shared/signatures.ts'
import type { Tone } from '../../ui/chip.tsx'

const tones: Record<State, Tone> = { 'in force': 'ok', superseded: 'neutral', revoked: 'warn' }

/** Whether a signature counts. */
export const SignatureState = ({ state }: { state: State }) => (
  <span className="signature-state">
    <span className="dot" data-tone={tones[state]} /> {state}
  </span>
)
