import { z } from 'zod'
import { type FeedWant, feedInput } from './documents.ts'
import type { ConsoleErrorShape } from './errors.ts'

const id = z.int().nonnegative()

/** What the window asks of its host. `path` is the URL's path below the router, `body` its JSON. */
export const ipcMessage = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('call'),
    id,
    path: z.string().regex(/^\/rpc\/[A-Za-z.]{1,100}$/),
    body: z.string().max(1024 * 1024),
  }),
  z.object({ kind: z.literal('pull'), id, sessionId: z.string(), resultId: z.string() }),
  feedInput.extend({ kind: z.literal('feed'), id, bytes: z.instanceof(Uint8Array<ArrayBuffer>) }),
  z.object({ kind: z.literal('abort'), id }),
])
export type IpcMessage = z.infer<typeof ipcMessage>

/** What the host answers. A failed call is an answer of the router, with its status. */
export type IpcAnswer =
  | { kind: 'called'; status: number; body: string }
  | { kind: 'fed'; want: FeedWant }
  | { kind: 'pulled'; bytes: Uint8Array; done: boolean }
  | { kind: 'failed'; error: ConsoleErrorShape }
  | { kind: 'aborted' }

/** What the preload script puts into the window as `viruj`. */
export type ConsoleBridge = { send(message: IpcMessage): Promise<IpcAnswer> }
