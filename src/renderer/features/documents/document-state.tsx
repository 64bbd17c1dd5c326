import type { DocumentState as State } from '../../../shared/documents.ts'
import type { Tone } from '../../ui/chip.tsx'

const words: { readonly [state in State]: { tone: Tone; means: string } } = {
  pending: { tone: 'warn', means: 'Its bytes were not seen in the storage yet.' },
  stored: { tone: 'ok', means: 'Its bytes were seen in the storage, with this size and hash.' },
  retired: { tone: 'neutral', means: 'Out of use. Row and object are kept.' },
  quarantined: { tone: 'crit', means: 'Its object is not what the row says.' },
  abandoned: { tone: 'neutral', means: 'Its upload was given up. There are no bytes.' },
}

const isState = (state: string): state is State => state in words

/** How a document stands. */
export const DocumentState = ({ state }: { state: string }) => (
  <span className="document-state" title={isState(state) ? words[state].means : undefined}>
    <span className="dot" data-tone={isState(state) ? words[state].tone : 'neutral'} /> {state}
  </span>
)
