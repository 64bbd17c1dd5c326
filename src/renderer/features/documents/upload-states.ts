import { QueryObserver, queryOptions } from '@tanstack/react-query'
import type { UploadState } from '../../../shared/documents.ts'
import { asConsoleError } from '../../app/console-error.ts'
import { queryClient, rpc } from '../../app/rpc.ts'
import { isStill } from './is-still.ts'
import { feederOf } from './upload-feeder.ts'

type Known = { revision: number; uploads: Map<string, UploadState> }

const known = new Map<string, Known>()
const followed = new Set<string>()

const unfinished = (uploads: Iterable<UploadState>): number =>
  [...uploads].filter((upload) => !isStill(upload)).length

/** Files of a session that are on their way, as far as this page knows. */
export const unfinishedUploads = (sessionId: string): number =>
  unfinished(known.get(sessionId)?.uploads.values() ?? [])

const readChanges = async (sessionId: string): Promise<UploadState[]> => {
  const before = known.get(sessionId) ?? { revision: 0, uploads: new Map<string, UploadState>() }
  const { revision, uploads } = await rpc.documents.uploads.query({ sessionId, since: before.revision })
  if (revision < before.revision) {
    // Another worker runs the session since: it knows nothing of what was on its way, the list of documents does.
    known.delete(sessionId)
    return readChanges(sessionId)
  }
  for (const upload of uploads) before.uploads.set(upload.id, upload)
  known.set(sessionId, { ...before, revision })
  const all = [...before.uploads.values()]
  feederOf(sessionId).follow(all)
  if (unfinished(all) > 0) follow(sessionId)
  return all
}

/** The uploads of a session. Asks how they stand as long as one of them moves, whichever screen is open, also where nobody sees the window. */
export const uploadsQuery = (sessionId: string) =>
  queryOptions({
    queryKey: ['document-uploads', sessionId],
    queryFn: () => readChanges(sessionId),
    staleTime: 0,
    refetchInterval: ({ state: { data, error } }) => {
      // The session has ended, and everything of it.
      if (error !== null && asConsoleError(error).code.startsWith('SESSION_')) return false
      return data !== undefined && unfinished(data) > 0 ? 400 : false
    },
    refetchIntervalInBackground: true,
  })

/** Uploads go on while their person looks at something else: without being asked, the page would give no more bytes. */
const follow = (sessionId: string): void => {
  if (followed.has(sessionId)) return
  if (followed.size === 0) window.addEventListener('beforeunload', askBeforeUnload)
  followed.add(sessionId)
  new QueryObserver(queryClient, uploadsQuery(sessionId)).subscribe(() => undefined)
}

const askBeforeUnload = (event: BeforeUnloadEvent): void => {
  if ([...followed].some((sessionId) => unfinishedUploads(sessionId) > 0)) event.preventDefault()
}

/** Reads anew how the uploads of a session stand. */
export const refreshUploads = (sessionId: string): Promise<void> =>
  queryClient.invalidateQueries({ queryKey: uploadsQuery(sessionId).queryKey })

/** Takes uploads off the list, or all of them: the session is over. */
export const forgetUploads = (sessionId: string, uploadIds?: readonly string[]): void => {
  if (uploadIds === undefined) known.delete(sessionId)
  else for (const id of uploadIds) known.get(sessionId)?.uploads.delete(id)
}
