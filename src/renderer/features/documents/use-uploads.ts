import { useThrottledCallback } from '@mantine/hooks'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { z } from 'zod'
import type { UploadState, UploadsAddInput, uploadsActInput } from '../../../shared/documents.ts'
import { notifyFailure } from '../../app/notify.ts'
import { rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useAskToWrite } from '../../app/write-access.tsx'
import { isEnded } from './is-still.ts'
import { feederOf } from './upload-feeder.ts'
import { forgetUploads, refreshUploads, uploadsQuery } from './upload-states.ts'

/** Files that one call announces: its JSON stays small. */
const perCall = 500
/** Milliseconds between two readings of the list while documents are stored. */
const refreshEvery = 2000

export type AddedFile = { file: File; documentId?: string }

/** The uploads of the session, and what can be done with them. */
export const useUploads = (onStored: () => void) => {
  const { sessionId } = useSession()
  const askToWrite = useAskToWrite()
  const query = useQuery(uploadsQuery(sessionId))
  const uploads = query.data ?? []
  const refresh = () => refreshUploads(sessionId)

  const stored = uploads.filter(({ status }) => status === 'stored').length
  const tell = useThrottledCallback(onStored, refreshEvery)
  useEffect(() => {
    if (stored > 0) tell()
  }, [stored, tell])

  const add = useMutation({
    async mutationFn({ files, ...about }: Omit<UploadsAddInput, 'files'> & { files: readonly AddedFile[] }) {
      if (!(await askToWrite())) return 0
      for (let at = 0; at < files.length; at += perCall) {
        const some = files.slice(at, at + perCall)
        const added = await rpc.documents.addUploads.mutate({
          sessionId,
          ...about,
          files: some.map(({ file, documentId }) => ({
            name: file.name,
            bytes: file.size,
            ...(documentId !== undefined && { documentId }),
          })),
        })
        added.forEach(({ id }, n) => {
          const chosen = some[n]
          if (chosen !== undefined) feederOf(sessionId).give(id, chosen.file)
        })
      }
      return files.length
    },
    onSettled: refresh,
  })
  const act = useMutation(
    trpc.documents.actOnUploads.mutationOptions({ onError: notifyFailure, onSettled: refresh }),
  )

  return {
    uploads,
    error: query.error,
    add,
    act(what: z.infer<typeof uploadsActInput>['act'], some: readonly UploadState[]): void {
      const uploadIds = some.map(({ id }) => id)
      if (uploadIds.length === 0) return
      if (what === 'forget') forgetUploads(sessionId, uploadIds)
      act.mutate({ sessionId, uploadIds, act: what })
    },
    /** Files chosen once more, for uploads whose page is gone: by name and size. Returns those that fit none. */
    giveAgain(files: readonly File[]): File[] {
      const feeder = feederOf(sessionId)
      return files.filter((file) => {
        const fits = uploads.find(
          ({ id, name, bytes, status }) =>
            name === file.name && bytes === file.size && !isEnded(status) && !feeder.has(id),
        )
        if (fits !== undefined) feeder.give(fits.id, file)
        return fits === undefined
      })
    },
  }
}

export type Uploads = ReturnType<typeof useUploads>
