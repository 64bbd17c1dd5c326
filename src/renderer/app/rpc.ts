import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpLink } from '@trpc/client'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import type { AppRouter } from '../../main/api/router.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import { asConsoleError } from './console-error.ts'
import { transport } from './transport.ts'

/** The typed client of the console's router, the same in the window and in a browser. No input ever stands in a URL. */
export const rpc = createTRPCClient<AppRouter>({
  links: [httpLink({ url: '/rpc', fetch: transport.call, methodOverride: 'POST' })],
})

const endOfSession: readonly ErrorCode[] = ['CONNECTION_LOST', 'SESSION_LOST', 'SESSION_CLOSED']

/** Whoever meets the end of a session first has the header say so at once, not at the next poll. */
export const reportFailure = (error: unknown): void => {
  if (endOfSession.includes(asConsoleError(error).code)) {
    void queryClient.invalidateQueries(trpc.sessions.state.pathFilter())
  }
}

/**
 * Nothing is repeated by itself: a failed read may have cost a production server minutes, and its screen has a button.
 * Answers stay fresh until a screen says otherwise, so that a focus or a remount reads nothing twice.
 */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // The state's own failure must not ask for the state again.
    onError: (error, query) => {
      if (query.meta?.reportsItself !== true) reportFailure(error)
    },
  }),
  mutationCache: new MutationCache({ onError: reportFailure }),
  defaultOptions: {
    queries: {
      retry: false,
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})

/** For `queryOptions`: whoever leaves the screen, or types on, aborts the statement that nobody waits for any more. */
export const abortable = { trpc: { abortOnUnmount: true } } as const

/** Query and mutation options of each procedure, for TanStack Query. */
export const trpc = createTRPCOptionsProxy<AppRouter>({
  client: rpc,
  queryClient,
})
