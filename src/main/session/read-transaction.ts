import type pg from 'pg'
import { parameterText } from './parameter.ts'

/** One statement and what is set for its transaction only. */
export type Work = {
  /** Tagged SQL. */
  text: string
  values: readonly unknown[]
  settings: Record<string, string>
}

/** Receives what the server sends for the statement. */
export type Receiver = {
  fields?(fields: pg.FieldDef[]): void
  row?(cells: (string | null)[]): void
  /** Straight from the socket (`CopyTap`): parts of rows, or whole ones. */
  copyData?: (chunk: Uint8Array, rest: number) => void
}

const setSettings =
  '/* viruj-console settings */ SELECT pg_catalog.set_config(s.key, s.value, true) FROM pg_catalog.json_each_text($1::pg_catalog.json) AS s'

/** Place of the statement among the four commands of the transaction. */
const statement = 2

/**
 * `BEGIN READ ONLY`, settings, statement and `COMMIT`, sent together through the extended protocol: one round trip, one
 * statement alone, and nothing left open. The settings are read by a SELECT, which takes the transaction's first snapshot:
 * from then on the server refuses `SET TRANSACTION READ WRITE`, too. After an error the transaction is still open: `ROLLBACK`.
 *
 * pg calls the `handle…` methods. https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
export class ReadTransaction implements pg.Submittable {
  readonly #work: Work
  readonly #receiver: Receiver
  readonly #settled = Promise.withResolvers<void>()
  #command = 0

  constructor(work: Work, receiver: Receiver) {
    this.#work = work
    this.#receiver = receiver
  }

  /** Settles when the server has finished with the transaction, or failed. */
  get done(): Promise<void> {
    return this.#settled.promise
  }

  submit(connection: pg.Connection): void {
    const { text, values, settings } = this.#work
    const execute = (sql: string, parameters: readonly unknown[] = [], describe = false) => {
      connection.parse({ name: '', text: sql, types: [] }, true)
      connection.bind({ values: parameters.map(parameterText) }, true)
      if (describe) connection.describe({ type: 'P', name: '' }, true)
      connection.execute({}, true)
    }
    connection.stream.cork()
    try {
      execute('BEGIN READ ONLY')
      execute(setSettings, [settings])
      execute(text, values, true)
      execute('COMMIT')
      connection.sync()
    } finally {
      connection.stream.uncork()
    }
  }

  handleRowDescription({ fields }: { fields: pg.FieldDef[] }): void {
    this.#receiver.fields?.(fields)
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    if (this.#command === statement) this.#receiver.row?.(fields)
  }

  handleCopyData(): void {
    // The tap takes the data of a COPY; pg sees it only when nobody asked for any.
  }

  handleCommandComplete(): void {
    this.#command++
  }

  handleEmptyQuery(): void {
    this.#command++
  }

  /** `COPY … FROM STDIN` has no source here. */
  handleCopyInResponse(connection: pg.Connection & { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail('The console sends no data here.')
  }

  handleError(error: Error): void {
    this.#settled.reject(error)
  }

  handleReadyForQuery(): void {
    this.#settled.resolve()
  }
}
