import './rotation.css'
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { RotationState } from '../../../shared/rotation.ts'
import { queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useScreenCommands } from '../../app/screen-commands.ts'
import { useSession } from '../../app/session-context.tsx'
import { ChangeDialog } from '../../ui/change-dialog.tsx'
import { count } from '../../ui/count.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Secret } from '../../ui/secret.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { StatusBar } from '../../ui/status-bar.tsx'
import { Step } from '../../ui/step.tsx'
import { Timestamp } from '../../ui/timestamp.tsx'
import { CloseForm } from './close-form.tsx'
import { LoginsTable } from './logins-table.tsx'

/** Milliseconds between two looks at the sessions. */
const interval = 2000

/** Two log-ins of the application take turns: a new password for the idle one, the switch, and the end of the other. */
export const RotationScreen = () => {
  const { sessionId, server } = useSession()
  const [isSetting, setSetting] = useState(false)
  const query = trpc.rotation.state.queryOptions({ sessionId }, { staleTime: 0, refetchInterval: interval })
  const state = useQuery(query)
  const show = (next: RotationState) => queryClient.setQueryData(query.queryKey, next)
  /** What the last closing said. It stays until the next rotation begins. */
  const close = useMutation(
    trpc.rotation.close.mutationOptions({ onSettled: () => queryClient.invalidateQueries(query) }),
  )
  useScreenCommands([
    { id: 'ask', title: 'Count sessions again', keys: 'r', run: () => void state.refetch() },
  ])
  const { logins = [], refusal = null, fresh = null, run = null, hasPassword = false } = state.data ?? {}
  // The one with sessions is in use; where both have some, the one that got no password.
  const target =
    logins.find(({ name }) => name === fresh) ??
    logins.find(({ mayLogIn, sessions }) => !mayLogIn && sessions === 0) ??
    logins.find(({ sessions }) => sessions === 0)
  const old = logins.find((login) => login !== target)
  const blocked = refusal ?? target?.refusal ?? old?.refusal ?? null
  return (
    <>
      <PageHead title="Rotation" facts="a new password for the application, while it runs">
        <Button
          renderRoot={(props) => (
            <Link {...props} to="/s/$sessionId/operations/runbooks" params={{ sessionId }} />
          )}
        >
          Runbooks
        </Button>
      </PageHead>
      {state.error !== null && (
        <ErrorState
          variant={state.data === undefined ? 'page' : 'line'}
          error={state.error}
          onRetry={() => void state.refetch()}
        />
      )}
      {state.data === undefined ? (
        state.error === null && <SkeletonRows rows={8} label="Counting sessions" />
      ) : logins.length === 0 ? (
        <EmptyState title="This server has no two log-ins that take turns">
          Two members of viruj_service whose names end with _a and _b. Provisioning makes viruj_app_a and
          viruj_app_b.
        </EmptyState>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and then the keyboard must reach it
        <section className="rotation" tabIndex={0} aria-label="Steps of the rotation">
          {blocked !== null && (
            <p className="rotation-blocked" role="status">
              <span className="dot" data-tone="warn" />
              {blocked}
            </p>
          )}
          <Step number={1} title="Log-in in use" isDone={fresh !== null}>
            <LoginsTable logins={logins} fresh={fresh} />
          </Step>
          <Step number={2} title="New password" isDone={fresh !== null}>
            {target === undefined ? (
              <p>
                Both have sessions: the rotation before this one is not at its end. Close the old one below.
              </p>
            ) : fresh === null ? (
              <>
                <p>
                  {target.name} has no session. It gets a random password, and may log in; {old?.name} stays
                  as it is, with {count(old?.sessions ?? 0, 'session')}. The server gets a verifier of the
                  password, which stands in no log.
                </p>
                <div>
                  <Button variant="filled" disabled={blocked !== null} onClick={() => setSetting(true)}>
                    Give {target.name} a new password
                  </Button>
                </div>
              </>
            ) : (
              <p>{fresh} may log in, with a new password.</p>
            )}
            {fresh !== null && run !== null && hasPassword && (
              <Secret key={run.runId} jobId={run.runId} login={fresh} database={server.database} />
            )}
            {fresh !== null && !hasPassword && (
              <p className="dim">
                This session has the password no longer. Where nobody has it, close nothing, and{' '}
                <button type="button" className="link" onClick={() => setSetting(true)}>
                  make another one
                </button>
                .
              </p>
            )}
          </Step>
          <Step number={3} title="Switch of the application">
            <p>
              Give the application’s servers {target?.name ?? 'the new log-in'} and its password, and restart
              them one after the other. Sessions that are open stay with {old?.name ?? 'the old one'} until
              they end.
            </p>
          </Step>
          <Step number={4} title="Sessions of the old log-in" isDone={old?.sessions === 0 && fresh !== null}>
            <p aria-live="polite">
              {old?.name ?? 'The old one'} has {count(old?.sessions ?? 0, 'session')},{' '}
              {target?.name ?? 'the new one'} {count(target?.sessions ?? 0, 'session')}.
            </p>
          </Step>
          <Step number={5} title="Old log-in" isDone={close.data !== undefined}>
            {close.data !== undefined && <p role="status">{close.data.text}</p>}
            {close.data === undefined && old !== undefined && target !== undefined && (
              <CloseForm
                key={old.name}
                old={old}
                fresh={target}
                isBlocked={blocked !== null}
                isPending={close.isPending}
                error={close.error}
                onClose={(input) => close.mutate({ sessionId, login: old.name, ...input })}
              />
            )}
          </Step>
        </section>
      )}
      {isSetting && target !== undefined && (
        <ChangeDialog
          title={`New password for ${target.name}`}
          verb="Set it"
          onChange={async (reason) => {
            show(await rpc.rotation.setPassword.mutate({ sessionId, login: target.name, reason }))
            close.reset()
            setSetting(false)
          }}
          onClose={() => setSetting(false)}
        >
          <p>
            {target.name} has {count(target.sessions, 'session')}. Its password until now, if it had one, is
            refused from then on; {old?.name} and its {count(old?.sessions ?? 0, 'session')} are not touched.
          </p>
        </ChangeDialog>
      )}
      <StatusBar
        end={
          state.data === undefined ? undefined : (
            <>
              counted <Timestamp value={state.data.at} format="relative" />
            </>
          )
        }
      >
        {run === null ? 'No rotation is under way' : run.keeping.text}
      </StatusBar>
    </>
  )
}
