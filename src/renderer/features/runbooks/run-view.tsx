import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { noMark, type RunbookMark, type RunbookRun } from '../../../shared/runbooks.ts'
import { notifyFailure } from '../../app/notify.ts'
import { rpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useAskToWrite } from '../../app/write-access.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { isReason, ReasonField } from '../../ui/reason-field.tsx'
import { saveRun } from '../../ui/save-run.ts'
import { Timestamp } from '../../ui/timestamp.tsx'
import { RunStep } from './run-step.tsx'

type RunViewProps = {
  run: RunbookRun
  onChange: (run: RunbookRun) => void
  /** Reads the run again, when somebody else went on with it. */
  onReload: () => void
}

const markAt = ({ steps }: RunbookRun, step: string): RunbookMark => {
  const { note, isDone } = steps.find(({ id }) => id === step) ?? noMark
  return { note, isDone }
}

/** The steps of a run with what was found, a note for each, and the signature below them. */
export const RunView = ({ run, onChange, onReload }: RunViewProps) => {
  const { sessionId, writes } = useSession()
  const askToWrite = useAskToWrite()
  const [drafts, setDrafts] = useState<Record<string, string>>({})
  const [reason, setReason] = useState('')
  /** The run as this person has seen it, or changed it last: what a mark builds on. */
  const seen = useRef(run)
  useEffect(() => {
    seen.current = run
  }, [run])
  /** The last mark that was sent. One follows the other. */
  const sent = useRef<Promise<unknown>>(Promise.resolve())
  const mayChange = run.signed === null && (writes !== 'refused' || !run.keeping.isKept)

  const note = async (step: string, change: Partial<RunbookMark>): Promise<void> => {
    // On production the name is asked for before the first note is kept.
    if (run.keeping.isKept && !(await askToWrite())) return
    const marking = sent.current
      .catch(() => undefined)
      .then(async () => {
        const before = markAt(seen.current, step)
        const mark = { ...before, ...change }
        if (mark.note.trim() === before.note && mark.isDone === before.isDone) return
        const marked = await rpc.runbooks.mark.mutate({ sessionId, runId: run.runId, step, before, mark })
        seen.current = marked
        onChange(marked)
      })
    sent.current = marking
    await marking
    if (change.note !== undefined) {
      // What was typed meanwhile stays a draft.
      setDrafts(({ [step]: draft, ...others }) =>
        draft === undefined || draft === change.note ? others : { ...others, [step]: draft },
      )
    }
  }
  const mark = useMutation({
    mutationFn: ({ step, change }: { step: string; change: Partial<RunbookMark> }) => note(step, change),
    // What somebody else noted meanwhile is shown beside what was typed.
    onError: onReload,
  })
  const sign = useMutation({
    mutationFn: async () => {
      if (writes === 'confirm' && !(await askToWrite())) return
      for (const [step, text] of Object.entries(drafts)) await note(step, { note: text })
      await sent.current.catch(() => undefined)
      onChange(await rpc.runbooks.sign.mutate({ sessionId, runId: run.runId, reason }))
    },
  })
  const save = useMutation({ mutationFn: () => saveRun(sessionId, run), onError: notifyFailure })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    sign.mutate()
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it
    <section className="runbook" tabIndex={0} aria-label={run.title}>
      <p className="dim">
        Begun <Timestamp value={run.startedAt} /> by {run.by}, on {run.server}. {run.keeping.text}
      </p>
      {mark.error !== null && <ErrorState variant="line" error={mark.error} />}
      {run.steps.map((step) => (
        <RunStep
          key={step.id}
          step={step}
          draft={drafts[step.id]}
          mayChange={mayChange}
          onDraft={(text) => setDrafts((before) => ({ ...before, [step.id]: text }))}
          onMark={(change) => mark.mutate({ step: step.id, change })}
        />
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
            Signed <Timestamp value={run.signed.at} /> by {run.signed.by}: {run.signed.reason}
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
