import { Radio } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { formatSeconds } from '../../../shared/format-quantity.ts'
import { type EndBackendPlan, type EndWay, endWays } from '../../../shared/operations-actions.ts'
import { notifyDone } from '../../app/notify.ts'
import { abortable, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { ChangeDialog } from '../../ui/change-dialog.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { RecordFacts } from '../../ui/records/record-facts.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'

const titles: Record<EndWay, string> = { cancel: 'Cancel its statement', terminate: 'End its session' }

const Plan = ({ plan, how, onHow }: { plan: EndBackendPlan; how: EndWay; onHow: (how: EndWay) => void }) => {
  const { backend } = plan
  const effect = plan[how]
  return (
    <>
      <RecordFacts
        facts={[
          ['User', backend.user],
          ['Application', backend.application],
          ['State', backend.state],
          ['Transaction', backend.xactSeconds === null ? null : formatSeconds(backend.xactSeconds)],
          ['Locks', backend.locks === 0 ? null : [backend.locks, ...backend.lockedRelations].join(', ')],
          ['Wait for it', backend.waiting === 0 ? null : String(backend.waiting)],
        ]}
      />
      {backend.query !== null && <pre className="end-statement">{backend.query}</pre>}
      <Radio.Group
        label="What to do"
        value={how}
        onChange={(value) => onHow(value === 'cancel' ? 'cancel' : 'terminate')}
      >
        <div className="end-ways">
          {endWays.map((way) => (
            <Radio key={way} value={way} label={titles[way]} />
          ))}
        </div>
      </Radio.Group>
      {effect.refusal === null ? (
        <ul className="end-effects" aria-label="What will happen">
          {effect.effects.map((text) => (
            <li key={text}>{text}</li>
          ))}
          <li className="dim">{plan.recording.text}</li>
        </ul>
      ) : (
        <ErrorState variant="line" error={effect.refusal} />
      )}
    </>
  )
}

type EndBackendDialogProps = { pid: number; since: string; onClose: () => void; onDone: () => void }

/** Cancels a statement or ends a session: who it is and what becomes of its work first, and what was seen afterwards. */
export const EndBackendDialog = ({ pid, since, onClose, onDone }: EndBackendDialogProps) => {
  const { sessionId } = useSession()
  const [asked, setAsked] = useState<EndWay | null>(null)
  const { data, error, refetch } = useQuery(
    trpc.operations.endBackendPlan.queryOptions(
      { sessionId, pid, since },
      { ...abortable, staleTime: 0, gcTime: 0, retry: false },
    ),
  )
  // A session that runs nothing has no statement to cancel.
  const how = asked ?? (data?.cancel.refusal === null ? 'cancel' : 'terminate')
  const end = async (reason: string) => {
    const { outcome, text } = await rpc.operations.endBackend.mutate({
      sessionId,
      pid,
      since,
      how,
      queryStart: how === 'cancel' ? (data?.backend.queryStart ?? null) : null,
      reason,
    })
    notifyDone(text)
    onDone()
    if (outcome === 'running') void refetch()
    else onClose()
  }
  return (
    <ChangeDialog
      title={`Backend ${pid}`}
      verb={how === 'cancel' ? `Cancel the statement of ${pid}` : `End session ${pid}`}
      isRisky
      isComplete={data?.[how].refusal === null}
      onChange={end}
      onClose={onClose}
    >
      {error !== null && <ErrorState variant="line" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <SkeletonRows rows={6} label="Looking at the backend" />}
      {data !== undefined && <Plan plan={data} how={how} onHow={setAsked} />}
    </ChangeDialog>
  )
}
