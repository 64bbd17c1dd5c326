import { ConsoleError } from '../../../shared/errors.ts'
import type { RelationDescription } from '../../../shared/rows.ts'
import { rpc } from '../../app/rpc.ts'
import { pullWhole } from './relation-rows.ts'
import type { LoadedRow } from './row-source.ts'

/** Finds one value: by the key of its row. */
export type CellAddress = {
  sessionId: string
  relation: string
  column: string
  key: { column: string; value: string }[]
}

/** The address of a cell, or null where the relation has no key or a key value was cut itself. */
export const cellAddress = (
  sessionId: string,
  description: RelationDescription,
  row: LoadedRow,
  column: number,
): CellAddress | null => {
  const name = description.columns[column]?.name
  const key = description.key.flatMap((keyColumn) => {
    const index = description.columns.findIndex((described) => described.name === keyColumn)
    const value = row.cell(index)
    return value === null || row.cut(index) !== undefined ? [] : [{ column: keyColumn, value }]
  })
  return name === undefined || key.length === 0 || key.length < description.key.length
    ? null
    : { sessionId, relation: description.oid, column: name, key }
}

/** `bytes` is the whole length, known before the first byte; `read` what has come of it. */
export type CellProgress = { read: number; bytes: number }

/** A whole value, `null` for NULL. Fails with `VALUE_TOO_LARGE` when the server's side will not send it. */
export const readWholeCell = async (
  { sessionId, relation, column, key }: CellAddress,
  signal: AbortSignal,
  onProgress?: (progress: CellProgress) => void,
): Promise<string | null> => {
  const { resultId, bytes } = await rpc.rows.cell.mutate({ sessionId, relation, column, key }, { signal })
  if (resultId === null) return null
  onProgress?.({ read: 0, bytes })
  const parts = await pullWhole(sessionId, resultId, signal, (read) => onProgress?.({ read, bytes }))
  const decoder = new TextDecoder()
  return `${parts.map((part) => decoder.decode(part, { stream: true })).join('')}${decoder.decode()}`
}

const uncopiable = (column: string): ConsoleError =>
  new ConsoleError(
    'VALUE_TOO_LARGE',
    `A value of column "${column}" was cut for the screen and cannot be loaded whole: the relation has no key.`,
    'Leave the column out of the selection, or write the rows to a file with psql’s \\copy.',
  )

/** The cell as it is, or its whole value when the server cut it. */
export const exactCell = async (
  sessionId: string,
  description: RelationDescription,
  row: LoadedRow,
  column: number,
  signal: AbortSignal,
): Promise<string | null> => {
  if (row.cut(column) === undefined) return row.cell(column)
  const address = cellAddress(sessionId, description, row, column)
  if (address === null) throw uncopiable(description.columns[column]?.name ?? '')
  return readWholeCell(address, signal)
}
