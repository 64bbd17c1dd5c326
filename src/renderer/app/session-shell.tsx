import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { ErrorState } from '../ui/error-state.tsx'
import { SkeletonRows } from '../ui/skeletons.tsx'
import { Header } from './header.tsx'
import { Rail } from './rail.tsx'
import { trpc } from './rpc.ts'
import { SessionBanner } from './session-banner.tsx'
import { SessionContext } from './session-context.tsx'
import { WriteAccess } from './write-access.tsx'

const Watch = lazy(async () => ({ default: (await import('../features/operations/watch.tsx')).Watch }))

/** The frame around every screen of an open session: header, rail, and the session's state when it is not well. */
export const SessionShell = () => {
  const { sessionId } = useParams({ from: '/s/$sessionId' })
  // Answered by the console itself without a word to the server. A hidden window does not ask.
  const state = useQuery(
    trpc.sessions.state.queryOptions(
      { sessionId },
      { refetchInterval: 2000, staleTime: 0, refetchOnWindowFocus: true, meta: { reportsItself: true } },
    ),
  )
  if (state.data === undefined) {
    return state.error === null ? (
      <SkeletonRows label="Asking for the session" />
    ) : (
      <main className="alone">
        <ErrorState
          error={state.error}
          action={
            <Button component={Link} to="/" variant="filled">
              To the connections
            </Button>
          }
        />
      </main>
    )
  }
  return (
    <SessionContext value={state.data}>
      <WriteAccess>
        <div className="shell">
          <button
            type="button"
            className="skip-link"
            onClick={() => document.getElementById('screen')?.focus()}
          >
            Skip to the screen
          </button>
          <Header isAnswered={state.error === null} />
          <Rail />
          <Suspense>
            <Watch />
          </Suspense>
          <main id="screen" className="screen" tabIndex={-1}>
            <SessionBanner unreachable={state.error} />
            <Suspense fallback={<SkeletonRows />}>
              <Outlet />
            </Suspense>
          </main>
        </div>
      </WriteAccess>
    </SessionContext>
  )
}
