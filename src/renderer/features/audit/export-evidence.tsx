import './export-evidence.css'
import { Button, Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { evidenceReport } from '../../../shared/evidence.ts'
import { abortable, queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useJob } from '../../app/use-job.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import type { Period } from '../../ui/period.ts'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { ExportForm } from './export-form.tsx'
import { ExportResult } from './export-result.tsx'

const readAgain = () => void queryClient.invalidateQueries(trpc.trail.state.pathFilter())

/** The way from the audit log to a package that others can verify. There for who may read the trail as it is. */
export const ExportEvidence = ({ period }: { period: Period }) => {
  const { sessionId } = useSession()
  const [isOpen, setOpen] = useState(false)
  const state = useQuery(trpc.trail.state.queryOptions({ sessionId }, abortable))
  const job = useJob({ kind: 'export-evidence', result: evidenceReport, watch: false, onEnd: readAgain })
  if (state.data?.mayVerify !== true) return null
  const progress = job.state?.progress ?? null
  return (
    <>
      <Button onClick={() => setOpen(true)}>Export evidence</Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title="Export evidence"
        size={560}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <div className="form">
          {job.error !== null && <ErrorState variant="line" error={job.error} onRetry={job.dismiss} />}
          {job.isRunning ? (
            <>
              <ProgressBar label="Export" done={progress?.done ?? 0} total={progress?.total ?? null} />
              <p className="form-text" role="status">
                {progress === null
                  ? 'Recording the export and sealing'
                  : `${progress.done.toLocaleString('en')} events written. ${progress.what}`}
              </p>
              <div className="form-buttons">
                <Button onClick={job.cancel}>Stop</Button>
              </div>
            </>
          ) : job.result !== null && job.state !== null ? (
            <ExportResult report={job.result} jobId={job.state.id} onAgain={job.dismiss} />
          ) : (
            job.error === null && (
              <ExportForm
                period={period}
                onExport={(request) => job.start(() => rpc.evidence.export.mutate({ sessionId, ...request }))}
              />
            )
          )}
        </div>
      </Modal>
    </>
  )
}
