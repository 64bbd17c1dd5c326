import { Button, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { RunbookRun } from '../../../shared/runbooks.ts'
import { notifyFailure } from '../../app/notify.ts'
import { rpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useAskToWrite } from '../../app/write-access.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { isReason, ReasonField } from '../../ui/reason-field.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { Timestamp } from '../../ui/timestamp.tsx'
import { toneOf, wordOf } from '../../ui/verdict-tone.ts'

type RunViewProps = { run: RunbookRun; onSigned: (run: RunbookRun) => void }

const pdfOf = async (sessionId: string, { runId, runbook, startedAt }: RunbookRun): Promise<void> => {
  const { pdf } = await rpc.runbooks.pdf.query({ sessionId, runId })
  const bytes = Uint8Array.from(atob(pdf), (character) => character.charCodeAt(0))
  saveFile(new Blob([bytes], { type: 'application/pdf' }), `${runbook}-${startedAt.slice(0, 10)}.pdf`)
}

/** The steps of a run with what was found, a note for each, and the signature below them. */
export const RunView = ({ run, onSigned }: RunViewProps) => {
  const { sessionId, writes } = useSession()
  const askToWrite = useAskToWrite()
  const [notes, setNotes] = useState<Record<string, string>>({})
  const [reason, setReason] = useState('')
  const sign = useMutation({
    mutationFn: async () => {
      if (writes === 'confirm' && !(await askToWrite())) return
      onSigned(await rpc.runbooks.sign.mutate({ sessionId, runId: run.runId, notes, reason }))
    },
  })
  const save = useMutation({ mutationFn: () => pdfOf(sessionId, run), onError: notifyFailure })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    sign.mutate()
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it
    <section className="runbook" tabIndex={0} aria-label={run.title}>
      {run.steps.map(({ id, title, about, verdict, reports, note }) => (
        <section key={id} className="runbook-step" aria-label={title}>
          <h2>
            <span className="dot" data-tone={verdict === null ? 'neutral' : toneOf[verdict]} />
            {title}
            <span className="dim">{verdict === null ? 'by hand' : wordOf[verdict]}</span>
          </h2>
          <p className="dim">{about}</p>
          <ul>
            {reports.map((report) => (
              <li key={report.id}>
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
          {run.signed === null ? (
            <Textarea
              aria-label={`Note on ${title}`}
              placeholder="Note"
              autosize
              minRows={1}
              maxRows={4}
              maxLength={500}
              value={notes[id] ?? ''}
              onChange={(event) => setNotes({ ...notes, [id]: event.currentTarget.value })}
            />
          ) : (
            note !== '' && <p>Note: {note}</p>
          )}
        </section>
      ))}
      {run.signed === null ? (
        <form className="runbook-sign" onSubmit={submit}>
          <ReasonField
            value={reason}
            onChange={setReason}
            kept="Kept in the audit trail, with your name"
            hint="What you conclude, or the number of the change"
          />
          {sign.error !== null && <ErrorState variant="line" error={sign.error} />}
          <div className="runbook-buttons">
            <Button type="submit" variant="filled" loading={sign.isPending} disabled={!isReason(reason)}>
              Sign
            </Button>
            <Button onClick={() => save.mutate()} loading={save.isPending}>
              Save as PDF
            </Button>
          </div>
        </form>
      ) : (
        <div className="runbook-sign">
          <p role="status">
            Signed <Timestamp value={run.signed.at} /> by {run.by}: {run.signed.reason}
          </p>
          <p className="dim">
            {run.signed.recording.isRecorded ? 'Recorded in the audit trail.' : run.signed.recording.text}
          </p>
          <div className="runbook-buttons">
            <Button onClick={() => save.mutate()} loading={save.isPending}>
              Save as PDF
            </Button>
          </div>
        </div>
      )}
    </section>
  )
}
