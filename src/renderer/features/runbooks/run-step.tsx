import { Checkbox, Textarea } from '@mantine/core'
import { useRef } from 'react'
import { isByHand, type RunbookMark, type RunbookResult } from '../../../shared/runbooks.ts'
import { toneOf, wordOf } from '../../ui/verdict-tone.ts'

/** Milliseconds without a key after which a note is saved. */
const pause = 1000

type RunStepProps = {
  step: RunbookResult
  /** What was typed and is not saved yet. */
  draft: string | undefined
  mayChange: boolean
  onDraft: (note: string) => void
  onMark: (change: Partial<RunbookMark>) => void
}

/** One step: what the probes said, whether it was done where only a person knows, and a note. */
export const RunStep = ({ step, draft, mayChange, onDraft, onMark }: RunStepProps) => {
  const { title, about, verdict, reports, note, isDone } = step
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const tried = useRef(note)
  /** Once a text: one that was refused is not sent again over what it was refused for. */
  const save = (text: string) => {
    clearTimeout(timer.current)
    if (text === tried.current || text.trim() === note) return
    tried.current = text
    onMark({ note: text })
  }
  return (
    <section className="runbook-step" aria-label={title}>
      <h2>
        <span className="dot" data-tone={verdict === null ? 'neutral' : toneOf[verdict]} />
        {title}
        <span className="dim">{verdict === null ? 'by hand' : wordOf[verdict]}</span>
      </h2>
      <p className="dim">{about}</p>
      <ul>
        {reports.map((report) => (
          <li key={`${report.id}${report.summary}`}>
            <span className="dot" data-tone={toneOf[report.verdict]} />
            <span>
              <span className="sr-only">{wordOf[report.verdict]}: </span>
              {report.findings[0]?.text ?? report.summary}
              {report.findings.length > 1 && (
                <span className="dim"> and {report.findings.length - 1} more</span>
              )}
            </span>
          </li>
        ))}
      </ul>
      {isByHand(step) &&
        (mayChange ? (
          <Checkbox
            label="Done"
            aria-label={`${title} was done`}
            checked={isDone}
            onChange={(event) => onMark({ isDone: event.currentTarget.checked })}
          />
        ) : (
          <p>{isDone ? 'Done' : 'Not done'}</p>
        ))}
      {mayChange ? (
        <>
          <Textarea
            aria-label={`Note on ${title}`}
            placeholder="Note"
            autosize
            minRows={1}
            maxRows={4}
            maxLength={500}
            value={draft ?? note}
            onChange={(event) => {
              const text = event.currentTarget.value
              onDraft(text)
              clearTimeout(timer.current)
              timer.current = setTimeout(() => save(text), pause)
            }}
            onBlur={(event) => save(event.currentTarget.value)}
          />
          {draft !== undefined && note !== '' && draft !== note && <p className="dim">Saved: {note}</p>}
        </>
      ) : (
        note !== '' && <p>Note: {note}</p>
      )}
    </section>
  )
}
