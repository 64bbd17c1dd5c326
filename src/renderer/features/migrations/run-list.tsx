import type { MigrationRun } from '../../../shared/migrations.ts'
import { Timestamp } from '../../ui/timestamp.tsx'
import { outcomeTone, outcomeWords, tookWords } from './migration-words.ts'

type RunListProps = {
  runs: readonly MigrationRun[]
  /** They are of several migrations: each says of which. */
  isNamed?: boolean
}

/** Runs below each other, each with everything that the history says of it. */
export const RunList = ({ runs, isNamed = false }: RunListProps) => (
  <ul className="migration-runs">
    {runs.map((run) => (
      <li key={run.id}>
        <p className="migration-run-head">
          <span className="dot" data-tone={outcomeTone(run)} />
          {isNamed && <span className="migration-name">{run.name}</span>}
          <strong>{outcomeWords(run)}</strong>
          <span className="migration-dim">
            <Timestamp value={run.startedAt} />
            {tookWords(run)}
          </span>
        </p>
        <p>
          {run.actor}
          <span className="migration-dim">
            {run.actingRole !== run.actor && ` as ${run.actingRole}`} · {run.claimedBy}
          </span>
        </p>
        <p className="migration-dim">{run.reason}</p>
        {run.outcome !== 'done' && (
          <p className="migration-dim">
            {run.statementsDone} of {run.statements} statements were kept
          </p>
        )}
        {run.failure !== null && <p className="migration-failure">{run.failure}</p>}
      </li>
    ))}
  </ul>
)
