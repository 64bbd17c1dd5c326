import './paper-seal.css'
import { Button, Modal, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { encode } from 'uqr'
import { type Published, paperSeal } from '../../../shared/audit-trail.ts'
import { useSession } from '../../app/session-context.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { RecordFacts } from '../../ui/records/record-facts.tsx'

/** Digits in groups that a person can copy by hand. */
const forEyes = (text: string): string => text.replace(/[0-9a-f]{8}(?=[0-9a-f])/g, '$& ')

/** A text as a code to scan, drawn in dots of one unit. */
const Code = ({ text }: { text: string }) => {
  const { data, size } = encode(text, { border: 2 })
  const dots = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return (
    <svg
      className="paper-code"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label="The same as a code to scan"
    >
      <path d={dots.join('')} />
    </svg>
  )
}

type FromPaperProps = { onVerify: (text: string) => void }

/** A verification that also has to lead to a seal that somebody kept. */
const FromPaper = ({ onVerify }: FromPaperProps) => {
  const [text, setText] = useState('')
  const seal = paperSeal.safeParse(text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (seal.success) onVerify(text)
  }
  return (
    <form className="paper-compare" onSubmit={submit}>
      <TextInput
        label="A seal from paper"
        placeholder="12:3f5a…"
        description="Its number and all 64 digits. Spaces do not count."
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={text.trim() !== '' && !seal.success ? 'A number, a colon, and 64 hexadecimal digits.' : null}
        autoComplete="off"
        spellCheck={false}
      />
      <Button type="submit" disabled={!seal.success}>
        Verify with it
      </Button>
    </form>
  )
}

type PaperSealProps = {
  seal: Published
  /** Null: the role may not verify. */
  onVerify: ((text: string) => void) | null
}

/** The last seal to print and keep where no administrator of the database writes, and the way back from there. */
export const PaperSeal = ({ seal, onVerify }: PaperSealProps) => {
  const { server } = useSession()
  const [isOpen, setOpen] = useState(false)
  const text = `${seal.sealNo}:${seal.hash}`
  return (
    <>
      <Button size="compact-xs" onClick={() => setOpen(true)}>
        Seal on paper
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title="Seal on paper"
        size={560}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <div className="form">
          <p className="form-text">
            Whoever can rewrite the whole trail cannot rewrite this sheet. Keep it where no administrator of
            the database writes.
          </p>
          <section className="paper-sheet" aria-label="Sheet">
            <h3>Seal {seal.sealNo} of the audit trail</h3>
            <Code text={text} />
            <RecordFacts
              facts={[
                ['Database', server.database],
                ['Server', `${server.host.host}:${server.host.port}`],
                ['Cluster', seal.sysid],
                ['Sealed', seal.sealedAt],
              ]}
            />
            <p className="paper-text data">{forEyes(text)}</p>
            <p className="paper-signed">Kept by, on</p>
          </section>
          <div className="paper-buttons">
            <CopyButton text={text} what="The last seal" />
            <Button onClick={() => window.print()}>Print</Button>
          </div>
          {onVerify !== null && (
            <FromPaper
              onVerify={(typed) => {
                setOpen(false)
                onVerify(typed)
              }}
            />
          )}
        </div>
      </Modal>
    </>
  )
}
