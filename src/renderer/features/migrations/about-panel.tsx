import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Migration } from '../../../shared/migrations.ts'
import { trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { shortSum, stateExplained, stateWords, toneOf } from './migration-words.ts'
import { RunList } from './run-list.tsx'
import type { Wanted } from './use-migrations.ts'

type AboutPanelProps = {
  migration: Migration
  /** The last one that is in the database: it can be taken back. */
  isLast: boolean
  /** Why this session cannot apply. */
  refusal: string | null
  onPlan: (wanted: Wanted) => void
}

/** What is known of one migration: its state in words, what can be planned with it, and every run of it. */
export const AboutPanel = ({ migration, isLast, refusal, onPlan }: AboutPanelProps) => {
  const { sessionId } = useSession()
  const history = useQuery(trpc.migrations.history.queryOptions({ sessionId }))
  const explained = stateExplained(migration)
  const runs = history.data?.filter(({ version }) => Number(version) === Number(migration.version)) ?? []
  return (
    <aside className="migration-panel" aria-label="About this migration">
      <h2>
        <span className="dot" data-tone={toneOf(migration)} /> {stateWords(migration)}
      </h2>
      {explained !== null && <p className="migration-text">{explained}</p>}
      {migration.state === 'pending' && refusal !== null && (
        <p className="migration-text">This session cannot apply it. {refusal}</p>
      )}
      <dl className="migration-facts">
        <div>
          <dt>transaction</dt>
          <dd>{migration.transactional ? 'one for the whole file' : 'none: statement by statement'}</dd>
        </div>
        <div>
          <dt>way down</dt>
          <dd>{migration.hasDown ? 'yes' : 'none'}</dd>
        </div>
        {migration.appliedBy !== null && (
          <div>
            <dt>checksum that ran</dt>
            <dd title={migration.appliedBy.checksum}>
              <span className="data">{shortSum(migration.appliedBy.checksum)}</span>{' '}
              {migration.state === 'applied' && <span className="migration-dim">as the file has it</span>}
            </dd>
          </div>
        )}
      </dl>
      {migration.state === 'changed' && migration.appliedBy !== null && (
        <CopyButton text={migration.appliedBy.checksum} what="The checksum of what ran">
          Copy the checksum that ran
        </CopyButton>
      )}
      <div className="plan-buttons">
        {(migration.state === 'pending' || migration.state === 'half-done') && (
          <Button onClick={() => onPlan({ direction: 'up', to: migration.version })}>
            Plan up to {migration.version}
          </Button>
        )}
        {isLast && migration.state === 'applied' && migration.hasDown && (
          <Button onClick={() => onPlan({ direction: 'redo', to: null })}>Redo {migration.version}</Button>
        )}
        {!isLast && migration.state === 'applied' && migration.hasDown && (
          <Button onClick={() => onPlan({ direction: 'down', to: migration.version })}>
            Roll back through {migration.version}
          </Button>
        )}
      </div>
      <h3>Runs</h3>
      {history.error !== null ? (
        <ErrorState variant="line" error={history.error} onRetry={() => void history.refetch()} />
      ) : history.data === undefined ? (
        <SkeletonRows rows={3} label="Reading the history" />
      ) : runs.length === 0 ? (
        <p className="migration-text">None in this database.</p>
      ) : (
        <RunList runs={runs} />
      )}
    </aside>
  )
}
