import type { Results } from '../../src/main/session/results.ts'
import { decodeCopyRow, indexRows } from '../../src/shared/copy-text.ts'

const never = new AbortController().signal

/** All bytes of a result. */
export const readBytes = async (results: Results, resultId: string): Promise<Uint8Array> => {
  const batches: Uint8Array[] = []
  for (;;) {
    const { bytes, done } = await results.pull(resultId, never)
    batches.push(bytes)
    if (done) return new Uint8Array(Buffer.concat(batches))
  }
}

/** All rows of a result: cells, then the list of cut cells. */
export const readRows = async (results: Results, resultId: string): Promise<(string | null)[][]> => {
  const bytes = await readBytes(results, resultId)
  const starts = indexRows(bytes)
  return Array.from({ length: starts.length - 1 }, (_, row) =>
    decodeCopyRow(bytes, starts[row] ?? 0, starts[row + 1] ?? 0),
  )
}
