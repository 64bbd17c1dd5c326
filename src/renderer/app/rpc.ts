import { QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpLink } from '@trpc/client'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import type { AppRouter } from '../../main/api/router.ts'
import { transport } from './transport.ts'

/** The typed client of the console's router, the same in the window and in a browser. No input ever stands in a URL. */
export const rpc = createTRPCClient<AppRouter>({
  links: [httpLink({ url: '/rpc', fetch: transport.call, methodOverride: 'POST' })],
})

/**
 * Nothing is repeated by itself: a failed read may have cost a production server minutes, and its screen has a button.
 * Answers stay fresh until a screen says otherwise, so that a focus or a remount reads nothing twice.
 */
export const queryClient = new QueryClient({
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

/** Query and mutation options of each procedure, for TanStack Query. Leaving a screen aborts what it waits for. */
export const trpc = createTRPCOptionsProxy<AppRouter>({
  client: rpc,
  queryClient,
})
