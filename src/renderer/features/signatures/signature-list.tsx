import { Button } from '@mantine/core'
import type { Signature } from '../../../shared/signatures.ts'
import { formatBytes } from '../../ui/bytes.tsx'
import { ChoiceList } from '../../ui/choices/choice-list.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { SignatureState } from './signature-state.tsx'

const Line = ({ signature }: { signature: Signature }) => {
  const { id, email, userId, state, bytes, width, height, mediaType, createdAt } = signature
  return (
    <span className="signature-line">
      <span className="data signature-number">{id}</span>
      <span className={email === null ? 'data words' : 'words'}>{email ?? userId}</span>
      <SignatureState state={state} />
      <span>{mediaType.replace('image/', '').toUpperCase()}</span>
      <span className="signature-number dim">{width === null ? '—' : `${width} × ${height}`}</span>
      <span className="signature-number dim">{bytes === null ? '—' : formatBytes(bytes)}</span>
      <span className="dim">
        <Timestamp value={createdAt} />
      </span>
    </span>
  )
}

type SignatureListProps = {
  signatures: readonly Signature[]
  chosen: string | null
  onChoose: (id: string) => void
  /** Null: these are all. */
  onMore: (() => void) | null
  isReading: boolean
}

/** Signatures, the newest on top, one line each. */
export const SignatureList = ({ signatures, chosen, onChoose, onMore, isReading }: SignatureListProps) => (
  <div className="signature-list">
    <div className="signature-line signature-titles" aria-hidden>
      <span className="signature-number">Id</span>
      <span>Person</span>
      <span>State</span>
      <span>Kind</span>
      <span className="signature-number">Pixels</span>
      <span className="signature-number">Size</span>
      <span>Added</span>
    </div>
    <ChoiceList
      label="Signatures"
      choices={signatures.map((signature) => ({ id: signature.id, content: <Line signature={signature} /> }))}
      chosen={chosen}
      onChoose={onChoose}
    />
    {onMore !== null && (
      <div className="signature-more">
        <Button size="compact-xs" loading={isReading} onClick={onMore}>
          Show older ones
        </Button>
      </div>
    )}
  </div>
)
