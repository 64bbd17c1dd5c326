import type pg from 'pg'
import { ConsoleError } from '../../../shared/errors.ts'
import { tapOf } from '../../session/copy-tap.ts'
import { eventTypes, type TrailEvent } from './event-lines.ts'

/**
 * A FETCH from a binary cursor over `eventColumns`. Its rows are taken off the socket as bytes and hashed as they come: made into
 * strings by pg and back into bytes they took half of the time of a verification.
 *
 * pg calls the `handle…` methods. https://www.postgresql.org/docs/current/protocol-flow.html
 */
export class EventFetch implements pg.Submittable {
  readonly #text: string
  readonly #settled = Promise.withResolvers<TrailEvent[]>()
  readonly #events: TrailEvent[] = []
  /** What is there of a row that comes in several pieces. */
  #pieces: Buffer[] = []
  readonly #toEvent: (row: Buffer) => TrailEvent
  #error: Error | null = null
  #stopTaking = (): void => undefined

  /** @param toEvent of `createEventReader` */
  constructor(text: string, toEvent: (row: Buffer) => TrailEvent) {
    this.#text = text
    this.#toEvent = toEvent
  }

  /** The events, once the server has sent all of them. */
  get done(): Promise<TrailEvent[]> {
    return this.#settled.promise
  }

  submit(connection: pg.Connection): void {
    const tap = tapOf(connection.stream)
    tap.rowReceiver = (piece, rest) => this.#take(piece, rest)
    this.#stopTaking = () => {
      tap.rowReceiver = null
    }
    connection.query(this.#text)
  }

  #take(piece: Buffer, rest: number): void {
    if (rest > 0) {
      this.#pieces.push(piece)
      return
    }
    const row = this.#pieces.length === 0 ? piece : Buffer.concat([...this.#pieces, piece])
    this.#pieces = []
    if (this.#error === null) this.#events.push(this.#toEvent(row))
  }

  handleRowDescription({ fields }: { fields: pg.FieldDef[] }): void {
    if (fields.every(({ dataTypeID }, at) => dataTypeID === eventTypes[at])) return
    this.#error = new ConsoleError(
      'CONFLICT',
      'The columns of audit.event have other types than the trail was made with.',
      'Somebody altered the table: look for ALTER TABLE among the changes of the schema.',
    )
  }

  handleCommandComplete(): void {
    this.#stopTaking()
  }

  handleError(error: Error): void {
    this.#stopTaking()
    this.#settled.reject(error)
  }

  handleReadyForQuery(): void {
    if (this.#error === null) this.#settled.resolve(this.#events)
    else this.#settled.reject(this.#error)
  }
}
