import { pageRows, type RelationDescription, type RowFilter, type RowSort } from '../../../shared/rows.ts'
import { asConsoleError } from '../../app/console-error.ts'
import { rpc } from '../../app/rpc.ts'
import { transport } from '../../app/transport.ts'
import { createPagedRows } from './paged-rows.ts'
import { joinBatches } from './row-batch.ts'
import type { RowSource } from './row-source.ts'
import { createStreamedRows } from './streamed-rows.ts'

export type RelationView = {
  sessionId: string
  description: RelationDescription
  filters: RowFilter[]
  sort: RowSort[]
}

/** Cells of one page: a relation of 1,600 columns gets pages of fewer rows, so that a page stays a few megabytes. */
const pageCells = 60_000

/** Pulls a result to its end: all batches of a page, or all bytes of a value. */
export const pullWhole = async (
  sessionId: string,
  resultId: string,
  signal: AbortSignal,
  onProgress?: (bytes: number) => void,
): Promise<Uint8Array[]> => {
  const batches: Uint8Array[] = []
  let pulled = 0
  for (;;) {
    const { bytes, done } = await transport.pull(sessionId, resultId, signal)
    if (bytes.byteLength > 0) batches.push(bytes)
    pulled += bytes.byteLength
    onProgress?.(pulled)
    if (done) return batches
  }
}

/** Rows of a relation as the server filters and sorts them: by pages where it has a key, else as one stream. */
export const createRelationRows = ({
  sessionId,
  description,
  filters,
  sort,
}: RelationView): RowSource & { start(): void } => {
  const view = { sessionId, relation: description.oid, columns: null, filters, sort }
  if (description.key.length === 0) {
    return createStreamedRows(async (signal) => {
      const { resultId } = await rpc.rows.stream.mutate(view, { signal })
      return {
        pull: (pullSignal) => transport.pull(sessionId, resultId, pullSignal),
        close: () => {
          // The server closes an unread result by itself; asking only makes it sooner.
          rpc.results.close.mutate({ sessionId, resultId }).catch(() => undefined)
        },
      }
    }, asConsoleError)
  }
  const limit = Math.max(20, Math.min(pageRows, Math.floor(pageCells / (description.columns.length + 1))))
  return createPagedRows(
    async (input, signal) => {
      const page = await rpc.rows.page.mutate({ ...view, ...input }, { signal })
      return { page, batch: joinBatches(await pullWhole(sessionId, page.resultId, signal)) }
    },
    limit,
    asConsoleError,
  )
}
