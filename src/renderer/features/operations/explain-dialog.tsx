import { Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { StatementRef } from '../../../shared/operations-actions.ts'
import { abortable, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'

type ExplainDialogProps = { statement: StatementRef; onClose: () => void }

/** How the planner would run a statement for whatever values. Nothing runs: it is asked in a read-only transaction. */
export const ExplainDialog = ({ statement, onClose }: ExplainDialogProps) => {
  const { sessionId } = useSession()
  const { data, error, refetch } = useQuery(
    trpc.operations.explain.queryOptions(
      { sessionId, ...statement },
      { ...abortable, staleTime: 0, gcTime: 0, retry: false },
    ),
  )
  return (
    <Modal
      opened
      onClose={onClose}
      title="Generic plan"
      size="min(960px, 94vw)"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <SkeletonRows rows={8} label="Asking the planner" />}
      {data !== undefined && (
        <>
          <div className="explain-head">
            <p className="form-text">
              For whatever values, with the rights of {data.plannedAs}. Costs are the planner’s guess; nothing
              was run.
            </p>
            <CopyButton text={data.text} what="The plan" />
          </div>
          <pre className="explain-plan">{data.text}</pre>
        </>
      )}
    </Modal>
  )
}
