import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { EvidenceReport } from '../../../shared/evidence.ts'
import { notifyFailure } from '../../app/notify.ts'
import { pullFile } from '../../app/pull-file.ts'
import { rpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { Bytes } from '../../ui/bytes.tsx'
import { saveFile } from '../../ui/save-file.ts'

const titles = {
  proven: ['ok', 'Made, and verified'],
  unsigned: ['warn', 'Made without a signature, and verified'],
  refused: ['crit', 'Made, and refused by its verifier: the trail does not hold'],
} as const

type ExportResultProps = { report: EvidenceReport; jobId: string; onAgain: () => void }

/** What was made and what it proves; saved by a click, once. */
export const ExportResult = ({ report, jobId, onAgain }: ExportResultProps) => {
  const { sessionId } = useSession()
  const { name, bytes, sha256, verdict, words } = report
  const save = useMutation({
    mutationFn: async () => {
      const { resultId } = await rpc.evidence.take.mutate({ sessionId, jobId })
      const signal = new AbortController().signal
      saveFile(await pullFile(sessionId, resultId, { type: 'application/zip', signal }), name)
    },
    onError: notifyFailure,
  })
  const [tone, title] = titles[verdict]
  return (
    <section aria-label="What was made">
      <p className="form-text" role="status">
        <span className="dot" data-tone={tone} /> {title}: {report.events.toLocaleString('en')} events,{' '}
        <Bytes value={bytes} />. The export is event {report.accessEvent} of the trail.
      </p>
      <ul className="export-words">
        {words.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <p className="export-key">
        SHA-256 of the file <span className="data">{sha256}</span>
      </p>
      <div className="form-buttons">
        <Button onClick={onAgain}>Export something else</Button>
        <Button
          variant="filled"
          loading={save.isPending}
          disabled={save.isSuccess}
          onClick={() => save.mutate()}
        >
          {save.isSuccess ? 'Saved' : 'Save the file'}
        </Button>
      </div>
    </section>
  )
}
