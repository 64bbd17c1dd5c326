import type { FeedInput, FeedWant } from '../../shared/documents.ts'
import type { ConsoleBridge } from '../../shared/ipc.ts'
import type { PulledBatch } from '../../shared/rows.ts'
import { desktopTransport } from './desktop-transport.ts'
import { loopbackTransport } from './loopback-transport.ts'

declare global {
  interface Window {
    /** Set by the preload script of the desktop window, absent in a browser. */
    readonly viruj?: ConsoleBridge
  }
}

/** The part of `RequestInit` that tRPC's `httpLink` sets and a host needs. */
export type CallInit = { body?: unknown; signal?: AbortSignal | null | undefined }

/** The page's way to its host. What the host refuses fails with `ConsoleError`; the signal ends what the host does for it. */
export type Transport = {
  /** For tRPC's `httpLink`: a POST of JSON to the router. */
  call(input: URL | RequestInfo, init?: CallInit): Promise<Response>
  /** The next batch of an open result. */
  pull(sessionId: string, resultId: string, signal: AbortSignal): Promise<PulledBatch>
  /** Hands over a slice of a file that is uploaded, or an empty one, and learns which is wanted next. */
  feed(input: FeedInput, slice: Blob, signal: AbortSignal): Promise<FeedWant>
}

export const transport: Transport =
  window.viruj === undefined ? loopbackTransport : desktopTransport(window.viruj)
