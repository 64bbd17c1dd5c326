import { Button, Radio } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { FailoverRun } from '../../../shared/failover.ts'
import { notifyFailure } from '../../app/notify.ts'
import { queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { saveRun } from '../../ui/save-run.ts'
import { Step } from '../../ui/step.tsx'
import { hostName } from './host-name.ts'

/** What follows a promotion: the connection, the checks of the new primary, and the report. */
export const Aftermath = ({ run }: { run: FailoverRun }) => {
  const { sessionId } = useSession()
  const [old, setOld] = useState<'keep' | 'remove'>('keep')
  const changed = () => queryClient.invalidateQueries(trpc.failover.pathFilter())
  const repoint = useMutation({
    mutationFn: () => rpc.failover.repoint.mutate({ sessionId, old }),
    onSuccess: async () => {
      // The session is another server's now: whatever was read of the old one is read again.
      await queryClient.invalidateQueries()
    },
    onSettled: changed,
  })
  const check = useMutation({
    mutationFn: () => rpc.failover.check.mutate({ sessionId }),
    onSettled: changed,
  })
  const save = useMutation({
    mutationFn: () => saveRun(sessionId, { ...run, runbook: 'failover' }),
    onError: notifyFailure,
  })
  const { stage } = run
  const isPointed = stage === 'repointed' || stage === 'checked'
  return (
    <>
      <Step number={6} title="Point the connection at it" isDone={isPointed}>
        {isPointed ? (
          <>
            <p>Other programs need it, too. Their DATABASE_URL, to be completed with the password:</p>
            <div className="failover-url">
              <code>{run.newUrl}</code>
              <CopyButton text={run.newUrl ?? ''} what="The DATABASE_URL" />
            </div>
          </>
        ) : (
          <>
            <Radio.Group
              label="The hosts that it named before"
              value={old}
              onChange={(value) => setOld(value === 'remove' ? 'remove' : 'keep')}
            >
              <Radio value="keep" label="Stay behind the new primary: they will be its standbys" />
              <Radio value="remove" label="Are taken out" />
            </Radio.Group>
            {repoint.error !== null && <ErrorState variant="line" error={repoint.error} />}
            <div>
              <Button variant="filled" loading={repoint.isPending} onClick={() => repoint.mutate()}>
                Point it at {hostName(run.candidate)}
              </Button>
            </div>
          </>
        )}
      </Step>
      {isPointed && (
        <Step number={7} title="Check drift and the audit trail" isDone={stage === 'checked'}>
          <p>
            Whether its schema is what the migrations make, and whether the last seal that this console
            remembers of the old primary is in its trail.
          </p>
          {check.error !== null && <ErrorState variant="line" error={check.error} />}
          <div>
            <Button
              variant={stage === 'checked' ? 'default' : 'filled'}
              loading={check.isPending || run.isChecking}
              onClick={() => check.mutate()}
            >
              {stage === 'checked' ? 'Check again' : 'Check'}
            </Button>
          </div>
        </Step>
      )}
      <Step number={isPointed ? 8 : 7} title="Report" isDone={stage === 'checked'}>
        <dl className="failover-numbers">
          <div>
            <dt>Primary before</dt>
            <dd className="data">
              {run.before.primary.lastSeen === null ? 'unknown' : hostName(run.before.primary.lastSeen.host)}
            </dd>
          </div>
          <div>
            <dt>Primary now</dt>
            <dd className="data">{hostName(run.candidate)}</dd>
          </div>
          <div>
            <dt>Timeline</dt>
            <dd className="data">
              {run.before.primary.lastSeen?.timeline ?? 'unknown'} → {run.after?.timeline ?? 'unknown'}
            </dd>
          </div>
          <div>
            <dt>WAL until</dt>
            <dd className="data">
              {run.before.hosts.find(({ host }) => hostName(host) === hostName(run.candidate))?.facts
                ?.walEndLsn ?? 'unknown'}{' '}
              → {run.after?.walEndLsn ?? 'unknown'}
            </dd>
          </div>
        </dl>
        <p>It is among the runs of the runbook, to be noted and signed.</p>
        <div className="failover-buttons">
          <Button onClick={() => save.mutate()} loading={save.isPending}>
            Save as PDF
          </Button>
          <Button
            renderRoot={(props) => (
              <Link {...props} to="/s/$sessionId/operations/runbooks" params={{ sessionId }} />
            )}
          >
            Runbooks
          </Button>
        </div>
      </Step>
    </>
  )
}
