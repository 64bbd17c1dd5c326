import { Button } from '@mantine/core'
import { useState } from 'react'
import type { ProvisioningPlan } from '../../../shared/provisioning.ts'
import { useSession } from '../../app/session-context.tsx'
import { isReason, ReasonField } from '../../ui/reason-field.tsx'

type RunPanelProps = { plan: ProvisioningPlan; isRunning: boolean; onRun: (reason: string) => void }

/** Asks why, and runs what may be run. */
export const RunPanel = ({ plan, isRunning, onRun }: RunPanelProps) => {
  const { writes, server } = useSession()
  const [reason, setReason] = useState('')
  const todo = plan.steps.filter(({ state }) => state === 'todo').length
  const blocked = plan.steps.filter(({ state }) => state === 'blocked').length
  if (todo === 0) {
    return (
      <section className="provisioning-run" aria-label="Run">
        <p role="status">
          {blocked === 0
            ? 'All is as wanted: there is nothing to run.'
            : 'There is nothing that this role may run. Each blocked step says who may.'}
        </p>
      </section>
    )
  }
  if (writes === 'refused') {
    return (
      <section className="provisioning-run" aria-label="Run">
        <p role="status">
          {server.inRecovery
            ? 'This server is a standby and takes no writes. Connect to its primary to run the plan.'
            : 'This connection is read-only. Allow changes in the connection, then connect again to run the plan.'}
        </p>
      </section>
    )
  }
  return (
    <section className="provisioning-run" aria-label="Run">
      <ReasonField
        value={reason}
        onChange={setReason}
        kept="Stands in each statement, and so in the server’s log"
        disabled={isRunning}
      />
      <div className="provisioning-run-buttons">
        <Button
          variant="filled"
          disabled={!isReason(reason)}
          loading={isRunning}
          onClick={() => onRun(reason.trim())}
        >
          {todo === 1 ? 'Run 1 step' : `Run ${todo} steps`}
        </Button>
        {blocked > 0 && (
          <span className="provisioning-why">
            {blocked} blocked {blocked === 1 ? 'step stays' : 'steps stay'} open.
          </span>
        )}
      </div>
    </section>
  )
}
