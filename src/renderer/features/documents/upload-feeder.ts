import type { FeedInput, FeedWant, UploadState } from '../../../shared/documents.ts'
import { asConsoleError } from '../../app/console-error.ts'
import { transport } from '../../app/transport.ts'

/** Files that are fed at once: as many as are worked on and one ahead. A browser has six connections to a host. */
const width = 4
/** Milliseconds before a host that did not answer is asked again. */
const pause = 1000

const isActive = ({ status, paused }: UploadState): boolean =>
  !paused && (status === 'queued' || status === 'hashing' || status === 'sending' || status === 'checking')

/** Nobody will want anything of it any more: the session has ended, or another worker runs it. */
const isGone = (error: unknown): boolean =>
  ['NOT_FOUND', 'SESSION_CLOSED', 'SESSION_LOST'].includes(asConsoleError(error).code)

/** The files of one session's uploads, which only this page can read. It gives of them what the console asks for. */
const createFeeder = (sessionId: string) => {
  const files = new Map<string, File>()
  const feeding = new Set<string>()
  /** Nothing is wanted of these until their state says otherwise. */
  const resting = new Set<string>()

  /** What is wrong with a slice that could not be handed over; null: nothing, it was the way to the host. */
  const troubleOf = async (slice: Blob): Promise<FeedInput['trouble']> => {
    try {
      await slice.slice(0, 1).arrayBuffer()
      return null
    } catch (error) {
      // A browser does not read a file any more that was changed after it was chosen.
      return error instanceof DOMException && error.name === 'NotReadableError' ? 'changed' : 'unreadable'
    }
  }

  const feed = async (uploadId: string, file: File): Promise<void> => {
    const { signal } = new AbortController()
    const nothing = new Blob()
    let slice = nothing
    let offset = 0
    let trouble: FeedInput['trouble'] = null
    for (;;) {
      let want: FeedWant
      try {
        want = await transport.feed({ sessionId, uploadId, offset, trouble }, slice, signal)
      } catch (error) {
        trouble = await troubleOf(slice)
        if (trouble === null) throw error
        slice = nothing
        continue
      }
      trouble = null
      slice = nothing
      if (want.kind === 'end') files.delete(uploadId)
      if (want.kind === 'wait') resting.add(uploadId)
      if (want.kind !== 'bytes') return
      offset = want.offset
      slice = file.slice(offset, offset + want.length)
    }
  }

  const pump = (): void => {
    for (const [uploadId, file] of files) {
      if (feeding.size >= width) return
      if (feeding.has(uploadId) || resting.has(uploadId)) continue
      feeding.add(uploadId)
      void feed(uploadId, file)
        .catch((error: unknown) => {
          if (isGone(error)) files.delete(uploadId)
          else return new Promise((resolve) => setTimeout(resolve, pause))
        })
        .finally(() => {
          feeding.delete(uploadId)
          pump()
        })
    }
  }

  return {
    /** Whether this page has the file of an upload. */
    has: (uploadId: string): boolean => files.has(uploadId),
    give(uploadId: string, file: File): void {
      files.set(uploadId, file)
      resting.delete(uploadId)
      pump()
    },
    /** Goes on with those of which something is wanted again. */
    follow(uploads: readonly UploadState[]): void {
      for (const upload of uploads) if (isActive(upload)) resting.delete(upload.id)
      pump()
    },
  }
}

export type Feeder = ReturnType<typeof createFeeder>

const feeders = new Map<string, Feeder>()

/** Outlives the screen: an upload goes on while its person looks at something else. */
export const feederOf = (sessionId: string): Feeder => {
  const known = feeders.get(sessionId) ?? createFeeder(sessionId)
  feeders.set(sessionId, known)
  return known
}
