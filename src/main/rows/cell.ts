import { type RawBuilder, sql } from 'kysely'
import { decodeCopyCell, indexRows } from '../../shared/copy-text.ts'
import { ConsoleError } from '../../shared/errors.ts'
import { cellBytesLimit } from '../../shared/rows.ts'
import type { Database } from '../session/database.ts'
import { identifier } from '../session/identifier.ts'
import type { Results } from '../session/results.ts'
import { where } from './filters.ts'
import { operator } from './operator.ts'
import { type Column, columnOf, type Relation, tableName, tableSql } from './relation.ts'
import { textOf } from './select-list.ts'
import { type BindValue, bindParameter, createSettingValues } from './values.ts'

export type CellAddress = { column: string; key: { column: string; value: string }[] }

/** Bytes of one chunk of a value. */
const chunkBytes = 256 * 1024

/** Bytes of the value's text in UTF-8; of a value that is too large as stored, what is known without making its text. */
const sizeOf = (column: Column): RawBuilder<unknown> => {
  const { width, name } = column
  const value = identifier(name)
  const known =
    width === 'text' || width === 'bytea'
      ? sql`pg_catalog.octet_length(${value})`
      : sql`pg_catalog.pg_column_size(${value})`
  return sql`case when ${known} ${operator('>')} ${sql.lit(cellBytesLimit)} then ${known}
    else pg_catalog.octet_length(pg_catalog.convert_to(${textOf(column, value)}, 'UTF8')) end`
}

const keyConditions = (relation: Relation, address: CellAddress, bind: BindValue): RawBuilder<unknown>[] =>
  address.key.map(({ column: name, value }) => {
    const column = columnOf(relation, name)
    return sql`${identifier(name)} ${operator('=', column.operators ?? undefined)} ${bind(value, column.baseType)}`
  })

const checkKey = (relation: Relation, address: CellAddress): void => {
  const asked = address.key.map(({ column }) => column)
  const { key } = relation.description
  if (key.length > 0 && asked.length === key.length && key.every((column) => asked.includes(column))) return
  throw new ConsoleError(
    'INVALID_INPUT',
    `A value of ${tableName(relation)} was asked for without the whole key of its row.`,
    'Reload the table and open the value again.',
  )
}

const readSize = async (
  database: Database,
  relation: Relation,
  address: CellAddress,
  signal: AbortSignal,
): Promise<number | null> => {
  const column = columnOf(relation, address.column)
  const conditions = keyConditions(relation, address, bindParameter)
  const { rows } = await database.queryText(
    sql`select ${sizeOf(column)} from ${tableSql(relation)}${where(conditions)} limit 2`,
    { signal, searchPath: 'role' },
  )
  const [row] = rows
  if (row === undefined) {
    throw new ConsoleError(
      'NOT_FOUND',
      `The row of ${tableName(relation)} no longer exists.`,
      'Reload the page: it was deleted, or its key has changed.',
    )
  }
  const [size] = row
  return size === null || size === undefined ? null : Number(size)
}

const tooLarge = (relation: Relation, column: Column, bytes: number | null): ConsoleError =>
  new ConsoleError(
    'VALUE_TOO_LARGE',
    `The value in column "${column.name}" of ${tableName(relation)} ${
      bytes === null
        ? 'is too large for the server to write as text'
        : `has ${Math.ceil(bytes / 1024 / 1024)} MB`
    }; the console shows up to ${cellBytesLimit / 1024 / 1024} MB.`,
    `Save it with psql, naming the row by its key: \\copy (SELECT "${column.name}" FROM ${tableName(relation)} WHERE …) TO 'value.txt'`,
  )

/**
 * The value's bytes in UTF-8. COPY gives them in rows of one chunk each, as hexadecimal, from one snapshot: the text is
 * made once, and cutting bytes, unlike characters, does not read what stands before them.
 */
async function* readChunks(
  database: Database,
  relation: Relation,
  address: CellAddress,
  bytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const values = createSettingValues()
  const value = identifier(address.column)
  const conditions = keyConditions(relation, address, values.bind)
  const statement = sql`
    with value as materialized (
      select pg_catalog.convert_to(${textOf(columnOf(relation, address.column), value)}, 'UTF8') as bytes from ${tableSql(relation)}${where(conditions)}
    )
    select pg_catalog.encode(pg_catalog.substr(value.bytes, start ${operator('+')} 1, ${sql.lit(chunkBytes)}), 'hex')
      from value
     cross join lateral pg_catalog.generate_series(0, pg_catalog.octet_length(value.bytes) ${operator('-')} 1, ${sql.lit(chunkBytes)}) as start`
  let seen = 0
  for await (const batch of database.copyOut(statement, {
    signal,
    searchPath: 'role',
    settings: values.settings(),
  })) {
    const starts = indexRows(batch)
    for (let row = 0; row + 1 < starts.length; row += 1) {
      const hex = decodeCopyCell(batch, starts[row] ?? 0, (starts[row + 1] ?? 0) - 1)
      // Not a view into Node's shared buffer pool: the chunk is handed over to another thread.
      const chunk = Uint8Array.from(Buffer.from(hex ?? '', 'hex'))
      seen += chunk.byteLength
      yield chunk
    }
  }
  if (seen !== bytes) {
    throw new ConsoleError(
      'CONFLICT',
      `The value in column "${address.column}" of ${tableName(relation)} was changed while it was read.`,
      'Open it again.',
    )
  }
}

/**
 * One whole value as a result of raw bytes. `resultId` is null for NULL. Fails with `VALUE_TOO_LARGE` above
 * `cellBytesLimit`, with `NOT_FOUND` when the row is gone.
 */
export const readCell = async (
  database: Database,
  results: Results,
  relation: Relation,
  address: CellAddress,
  signal: AbortSignal,
): Promise<{ resultId: string | null; bytes: number }> => {
  checkKey(relation, address)
  const column = columnOf(relation, address.column)
  let bytes: number | null
  try {
    bytes = await readSize(database, relation, address, signal)
  } catch (error) {
    // program_limit_exceeded, out_of_memory: the text would not fit into the server's 1 GB.
    if (error instanceof ConsoleError && ['54000', '53200'].includes(error.sqlstate ?? '')) {
      throw tooLarge(relation, column, null)
    }
    throw error
  }
  if (bytes === null) return { resultId: null, bytes: 0 }
  if (bytes > cellBytesLimit) throw tooLarge(relation, column, bytes)
  const abort = new AbortController()
  return {
    resultId: results.add(readChunks(database, relation, address, bytes, abort.signal), abort),
    bytes,
  }
}
