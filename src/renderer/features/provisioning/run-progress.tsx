import { Button } from '@mantine/core'
import type { JobState } from '../../../shared/jobs.ts'

type RunProgressProps = { job: Pick<JobState, 'progress' | 'log' | 'title'>; onCancel: () => void }

/** How far a run is. It can be stopped between two steps. */
export const RunProgress = ({ job: { progress, log, title }, onCancel }: RunProgressProps) => {
  const done = progress?.done ?? 0
  const total = progress?.total ?? 0
  return (
    <section className="provisioning-progress" aria-label={title}>
      <p role="status">
        {total === 0 ? 'Looking at the server' : `Step ${done + 1} of ${total}: ${progress?.what ?? ''}`}
      </p>
      <progress max={total === 0 ? 1 : total} value={done} aria-label="Steps done" />
      <ol className="data">
        {log.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ol>
      <Button onClick={onCancel}>Stop after this step</Button>
    </section>
  )
}
