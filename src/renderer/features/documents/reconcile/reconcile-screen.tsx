import '../documents.css'
import './reconcile.css'
import { Button, Select } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type ReconcileDepth, type ReconcileReport, stuckHours } from '../../../../shared/reconcile.ts'
import { notifyFailure } from '../../../app/notify.ts'
import { pullFile } from '../../../app/pull-file.ts'
import { abortable, rpc, trpc } from '../../../app/rpc.ts'
import { useScreenCommands } from '../../../app/screen-commands.ts'
import { useSession } from '../../../app/session-context.tsx'
import { count } from '../../../ui/count.ts'
import { formatDuration } from '../../../ui/duration.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { PageHead } from '../../../ui/page-head.tsx'
import { ProgressBar } from '../../../ui/progress-bar.tsx'
import { saveFile } from '../../../ui/save-file.ts'
import { SkeletonRows } from '../../../ui/skeletons.tsx'
import { StatusBar } from '../../../ui/status-bar.tsx'
import { Timestamp } from '../../../ui/timestamp.tsx'
import { ToolBar } from '../../../ui/tool-bar.tsx'
import { utcDay } from '../../../ui/utc-day.ts'
import { Report } from './reconcile-report.tsx'
import { type Comparison, useReconcile } from './use-reconcile.ts'

const depths: { value: ReconcileDepth; label: string }[] = [
  { value: 'listing', label: 'Quick: there, size, version' },
  { value: 'checksum', label: 'And the SHA-256 that the storage keeps' },
  { value: 'read', label: 'And read what it keeps no SHA-256 of' },
]

const Comparing = ({ comparison: { job } }: { comparison: Comparison }) => {
  const progress = job.state?.progress ?? null
  return (
    <div className="state" role="status">
      <p className="state-title">Comparing…</p>
      <div className="reconcile-progress">
        <ProgressBar
          label="How far the comparison is"
          done={progress?.done ?? 0}
          total={progress?.total ?? null}
        />
      </div>
      <p className="state-text">
        {progress === null
          ? 'Reading the documents in the order of their keys.'
          : `${progress.done.toLocaleString('en')} of ${(progress.total ?? 0).toLocaleString('en')} documents · ${progress.what}`}
      </p>
      <Button onClick={job.cancel}>Stop</Button>
    </div>
  )
}

const SaveReport = ({ jobId }: { jobId: string }) => {
  const { sessionId } = useSession()
  const save = useMutation({
    mutationFn: async () => {
      const { resultId } = await rpc.documents.report.mutate({ sessionId, jobId })
      const { signal } = new AbortController()
      const file = await pullFile(sessionId, resultId, { type: 'application/x-ndjson', signal })
      saveFile(file, `documents-and-bucket-${utcDay()}.ndjson`)
    },
    onError: notifyFailure,
  })
  return (
    <Button size="compact-sm" loading={save.isPending} onClick={() => save.mutate()}>
      Save the report
    </Button>
  )
}

const factsOf = ({ differences, startedAt }: ReconcileReport) => (
  <>
    {' · '}
    {differences === 0 ? 'no differences' : count(differences, 'difference')}
    {' · compared '}
    <Timestamp value={startedAt} format="relative" />
  </>
)

/** Documents and their bucket held against each other: what differs, and what can be done about it. */
export const ReconcileScreen = () => {
  const { sessionId } = useSession()
  const policy = useQuery(trpc.documents.policy.queryOptions({ sessionId }, abortable))
  const comparison = useReconcile()
  const { job } = comparison
  const [depth, setDepth] = useState<ReconcileDepth>('listing')
  const report = job.result
  const compare = () => comparison.compare({ depth, stuckHours: stuckHours.usual })
  const storage = policy.data?.storage ?? null
  useScreenCommands(
    storage === null
      ? []
      : [
          job.isRunning
            ? { id: 'stop-compare', title: 'Stop the comparison', run: job.cancel }
            : { id: 'compare', title: 'Compare documents and bucket', keys: 'v', run: compare },
        ],
  )
  return (
    <>
      <PageHead
        title="Documents and bucket"
        facts={
          storage === null ? undefined : (
            <>
              {storage.bucket}
              {storage.prefix !== '' && ` below ${storage.prefix}`}
              {report !== null && factsOf(report)}
            </>
          )
        }
      >
        <Button
          renderRoot={(props) => <Link {...props} to="/s/$sessionId/documents" params={{ sessionId }} />}
        >
          All documents
        </Button>
        {storage !== null && !job.isRunning && (
          <Button variant="filled" onClick={compare}>
            {report === null ? 'Compare now' : 'Compare again'}
          </Button>
        )}
      </PageHead>
      {storage !== null && (
        <ToolBar
          label="Comparison"
          end={report !== null && !job.isRunning && job.state !== null && <SaveReport jobId={job.state.id} />}
        >
          <span className="dim">How closely</span>
          <Select
            aria-label="How closely"
            className="reconcile-depth"
            data={depths}
            value={depth}
            allowDeselect={false}
            disabled={job.isRunning}
            onChange={(value) => setDepth(depths.find((one) => one.value === value)?.value ?? depth)}
          />
        </ToolBar>
      )}
      {policy.error !== null ? (
        <ErrorState error={policy.error} onRetry={() => void policy.refetch()} />
      ) : policy.data === undefined ? (
        <SkeletonRows label="Asking for the storage" />
      ) : storage === null ? (
        <EmptyState
          title="This connection knows no storage."
          action={
            <Button component={Link} to="/">
              To the connections
            </Button>
          }
        >
          Name endpoint and bucket under Storage in the connection: then its documents can be compared with
          what lies there.
        </EmptyState>
      ) : job.isRunning ? (
        <Comparing comparison={comparison} />
      ) : job.error !== null ? (
        <ErrorState error={job.error} onRetry={compare} />
      ) : report === null ? (
        <EmptyState title="Not compared yet in this session.">
          A comparison reads all documents and lists the bucket side by side. It finds documents without their
          object, objects without a document, what has another size, version or content, and uploads that
          nobody ended. It changes nothing; uploads may go on meanwhile.
        </EmptyState>
      ) : (
        <Report report={report} comparison={comparison} />
      )}
      <StatusBar
        end={
          report === null
            ? undefined
            : `took ${formatDuration(Date.parse(report.endedAt) - Date.parse(report.startedAt))}`
        }
      >
        {report === null
          ? ''
          : `${count(report.documents, 'document')}, ${count(report.objects, 'object')}, ${count(report.uploads, 'unfinished upload')}`}
      </StatusBar>
    </>
  )
}
