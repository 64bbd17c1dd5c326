import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { formatBytes } from '../../../shared/format-quantity.ts'
import { maintenanceResult } from '../../../shared/operations-actions.ts'
import { notifyFailure } from '../../app/notify.ts'
import { type rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'

type JobState = Awaited<ReturnType<typeof rpc.jobs.list.query>>[number]

const Outcome = ({ job }: { job: JobState }) => {
  const result = maintenanceResult.safeParse(job.result)
  if (!result.success) return null
  const { before, after, seconds, notes, warnings } = result.data
  const dead =
    before.deadRows === null || after.deadRows === null
      ? ''
      : `, dead rows ${before.deadRows.toLocaleString('en')} → ${after.deadRows.toLocaleString('en')}`
  return (
    <span>
      done in {seconds.toFixed(1)} s, {formatBytes(before.bytes)} → {formatBytes(after.bytes)}
      {dead}
      <span className="dim"> {[...notes, ...warnings].join(' ')}</span>
    </span>
  )
}

const Line = ({ job, onDismiss }: { job: JobState; onDismiss: () => void }) => {
  const { sessionId } = useSession()
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions({ onError: notifyFailure }))
  const { progress } = job
  const isRunning = job.status === 'running'
  return (
    <li className="maintenance-job">
      <b>{job.title}</b>
      {isRunning && (
        <>
          <ProgressBar
            label={`Progress of ${job.title}`}
            done={progress?.done ?? 0}
            total={progress?.total ?? null}
          />
          <span className="dim">
            {progress === null
              ? 'begins'
              : `${progress.what} · ${progress.done.toLocaleString('en')}${progress.total === null ? '' : ` of ${progress.total.toLocaleString('en')}`} ${progress.unit}`}
          </span>
        </>
      )}
      {job.status === 'done' && <Outcome job={job} />}
      {job.status === 'cancelled' && <span className="dim">cancelled</span>}
      {job.status === 'failed' && job.error !== null && <ErrorState variant="line" error={job.error} />}
      <span className="maintenance-end">
        {isRunning ? (
          <Button onClick={() => cancel.mutate({ sessionId, jobId: job.id })}>Cancel</Button>
        ) : (
          <Button onClick={onDismiss}>Dismiss</Button>
        )}
      </span>
    </li>
  )
}

/** VACUUM and its like that this session runs, and has run: what waits, how far it is, what came of it. */
export const MaintenanceJobs = ({ onEnd }: { onEnd: () => void }) => {
  const { sessionId } = useSession()
  const [dismissed, setDismissed] = useState<readonly string[]>([])
  const { data = [] } = useQuery(
    trpc.jobs.list.queryOptions(
      { sessionId },
      {
        staleTime: 0,
        refetchInterval: ({ state }) =>
          state.data?.some(({ kind, status }) => kind === 'maintain' && status === 'running') ? 500 : false,
      },
    ),
  )
  const jobs = data.filter(({ id, kind }) => kind === 'maintain' && !dismissed.includes(id)).toReversed()
  const ended = data.filter(({ kind, status }) => kind === 'maintain' && status !== 'running').length
  const before = useRef(ended)
  useEffect(() => {
    // Also of one that was over before anybody saw it run.
    if (ended > before.current) onEnd()
    before.current = ended
  }, [ended, onEnd])
  if (jobs.length === 0) return null
  return (
    <section className="maintenance-jobs" aria-label="Work of this session">
      <ul>
        {jobs.map((job) => (
          <Line key={job.id} job={job} onDismiss={() => setDismissed((ids) => [...ids, job.id])} />
        ))}
      </ul>
    </section>
  )
}
