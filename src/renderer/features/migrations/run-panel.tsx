import { Button } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { z } from 'zod'
import type { migrationsRunOutput } from '../../../shared/migrations.ts'
import type { Job } from '../../app/use-job.ts'
import { count } from '../../ui/count.ts'
import { formatDuration } from '../../ui/duration.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { RunList } from './run-list.tsx'

export type RunResult = z.infer<typeof migrationsRunOutput>

const doneWords = ({ runs, current }: RunResult): string => {
  const done = (direction: string) =>
    runs.filter((run) => run.direction === direction && run.outcome === 'done').length
  const words = [
    ...(done('up') > 0 ? [`${count(done('up'), 'migration', 'migrations')} applied`] : []),
    ...(done('down') > 0 ? [`${done('down')} taken back`] : []),
    ...(done('baseline') > 0 ? [`${done('baseline')} taken as applied`] : []),
  ]
  const took = runs.reduce((sum, { milliseconds }) => sum + (milliseconds ?? 0), 0)
  return `${words.join(', ') || 'Nothing ran'} in ${formatDuration(took)}. The database is at ${current ?? 'no version'}.`
}

type RunPanelProps = {
  job: Job<RunResult>
  /** Version that the database is at now. */
  current: string | null
  onClose: () => void
}

/** How a run stands, and what it came to. It goes on when this screen is left. */
export const RunPanel = ({ job, current, onClose }: RunPanelProps) => {
  const { state, isRunning, result, error } = job
  const log = useRef<HTMLPreElement>(null)
  const lines = state?.log.length ?? 0
  useEffect(() => {
    if (lines > 0) log.current?.scrollTo({ top: log.current.scrollHeight })
  }, [lines])
  const progress = state?.progress ?? null
  return (
    <aside className="migration-panel" aria-label="Run" aria-live="polite">
      <h2>{isRunning ? `${state?.title}…` : error !== null ? 'It did not run through' : 'Done'}</h2>
      {state !== null && (
        <p className="migration-dim">
          begun <Timestamp value={state.startedAt} />
          {state.endedAt !== null &&
            `, took ${formatDuration(Date.parse(state.endedAt) - Date.parse(state.startedAt))}`}
        </p>
      )}
      {isRunning && (
        <>
          <ProgressBar
            label="How far the run is"
            done={progress?.done ?? 0}
            total={progress?.total ?? null}
          />
          <p className="migration-text" role="status">
            {progress === null
              ? 'Waiting for the migration lock…'
              : `${progress.done} of ${progress.total ?? '?'} ${progress.unit} · ${progress.what}`}
          </p>
          <p className="migration-text">
            It goes on when you leave this screen or close the tab. Stopping rolls back the migration that is
            under way; those before it stay.
          </p>
          <Button onClick={job.cancel}>Stop</Button>
        </>
      )}
      {error !== null && (
        <>
          <ErrorState error={error} />
          <p className="migration-text">The database is at {current ?? 'no version'}.</p>
        </>
      )}
      {result !== null && (
        <p className="migration-text" role="status">
          {doneWords(result)}
        </p>
      )}
      {state !== null && result === null && state.log.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keys, too
        <pre ref={log} className="migration-log" tabIndex={0}>
          {state.log.join('\n')}
        </pre>
      )}
      {result !== null && <RunList runs={result.runs} isNamed />}
      {!isRunning && (
        <div className="plan-buttons run-close">
          <Button variant={error === null ? 'filled' : 'default'} onClick={onClose}>
            Close
          </Button>
        </div>
      )}
    </aside>
  )
}
