import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { asConsoleError } from '../../app/console-error.ts'
import { notifyDone } from '../../app/notify.ts'
import { queryClient, rpc, trpc } from '../../app/rpc.ts'
import { useSession } from '../../app/session-context.tsx'
import { useAskToWrite } from '../../app/write-access.tsx'
import { formatBytes } from '../../ui/bytes.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { pullDocument } from './pull-document.ts'

/** Saves a document, once all of its bytes arrived and were found to be its own. Recorded in the trail. */
export const DownloadButton = ({ documentId }: { documentId: string }) => {
  const { sessionId } = useSession()
  const askToWrite = useAskToWrite()
  const abort = useRef<AbortController>(null)
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null)
  const download = useMutation({
    mutationFn: async () => {
      if (!(await askToWrite())) return
      abort.current = new AbortController()
      const { signal } = abort.current
      const opened = await rpc.documents.open.mutate(
        { sessionId, documentId, purpose: 'download' },
        { signal },
      )
      const total = opened.bytes
      setProgress({ done: 0, total })
      const blob = await pullDocument(sessionId, opened, signal, (done) => setProgress({ done, total }))
      signal.throwIfAborted()
      saveFile(blob, opened.filename)
      notifyDone(`${opened.filename} arrived whole, its SHA-256 is the document’s.`)
    },
    onSettled: () => {
      setProgress(null)
      void queryClient.invalidateQueries(trpc.audit.pathFilter())
    },
  })
  const failed = download.error !== null && !abort.current?.signal.aborted
  return (
    <>
      <Button onClick={() => download.mutate()} disabled={download.isPending}>
        Download
      </Button>
      {download.isPending && (
        <div className="document-download">
          <ProgressBar label="Download" done={progress?.done ?? 0} total={progress?.total ?? null} />
          <span className="dim" role="status">
            {progress === null
              ? 'asking for it'
              : `${formatBytes(progress.done)} of ${formatBytes(progress.total)}`}
          </span>
          <Button size="compact-xs" onClick={() => abort.current?.abort()}>
            Cancel
          </Button>
        </div>
      )}
      {failed && <ErrorState variant="line" error={asConsoleError(download.error)} />}
    </>
  )
}
