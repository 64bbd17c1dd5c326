import { leafMark, markedLeafHash } from './merkle.ts'
import { createSecondWriter, type SecondWriter } from './second-text.ts'

/** The columns of an event `e` that its canonical line is made of, in their order. */
export const eventColumns = `e.id, e.sysid, e.xid, e.ts, e.tx_ts, e.op, e.schema_name, e.table_name, e.row_pk, e.old_row, e.new_row,
  e.actor, e.acting_role, e.backend_pid, abbrev(e.client_addr), e.app, e.reason`

const [int8, int4, text, jsonb, timestamptz] = [20, 23, 25, 3802, 1184]

/** Types of these columns, by their oids: in another form a value would be read for another one. */
export const eventTypes: readonly number[] = [
  ...[int8, int8, int8, timestamptz, timestamptz, text, text, text, text, jsonb, jsonb],
  ...[text, text, int4, text, text, text],
]

const [quote, backslash, firstPrintable] = [0x22, 0x5c, 0x20]
const high32 = 0x1_0000_0000
/** Whether a 64-bit number with this upper half is a whole number of JavaScript. */
const isExact = (high: number): boolean => high > -0x200000 && high < 0x1fffff
const arenaSize = 1 << 20

/** A 64-bit number as text, which is the same for most events that follow each other. */
class RememberedInt8 {
  #high = 0
  #low = 0
  text = '0'
  value = 0n

  read(row: Buffer, at: number): this {
    const high = row.readInt32BE(at)
    const low = row.readUInt32BE(at + 4)
    if (high !== this.#high || low !== this.#low) {
      this.#high = high
      this.#low = low
      this.value = row.readBigInt64BE(at)
      this.text = String(this.value)
    }
    return this
  }
}

/** An event as it is verified. */
export class TrailEvent {
  readonly id: string
  readonly sysid: string
  readonly xid: bigint
  /** The hash of its line. */
  readonly leaf: Buffer
  readonly #marked: Buffer

  /** @param marked its canonical line behind the mark of a leaf */
  constructor(id: string, sysid: string, xid: bigint, marked: Buffer) {
    this.id = id
    this.sysid = sysid
    this.xid = xid
    this.#marked = marked
    this.leaf = markedLeafHash(marked)
  }

  /** Its canonical line, as seals hash it. */
  get line(): Buffer {
    return this.#marked.subarray(1)
  }
}

/**
 * Writes the canonical line of events from the bodies of their `DataRow`s, values in PostgreSQL's binary form: the same bytes as
 * `audit.canonical`, which belongs to the database that is judged, and which costs the server three times as much. But for what that
 * writes as if it were something else, and what no event is recorded with: networks as addresses, and years before Christ as those after.
 */
export const createEventReader = (): ((row: Buffer) => TrailEvent) => {
  let out = Buffer.alloc(0)
  let begin = 0
  let used = 0
  const [sysid, xid] = [new RememberedInt8(), new RememberedInt8()]
  // Each has its own: that of the transaction is the same for longer.
  const [ts, txTs] = [createSecondWriter(), createSecondWriter()]

  /** Room for so many more bytes of the line that is being written. */
  const reserve = (bytes: number): void => {
    if (used + bytes <= out.length) return
    // Lines that were handed out go on living in the old one.
    const next = Buffer.allocUnsafeSlow(Math.max(arenaSize, (used - begin + bytes) * 2))
    out.copy(next, 0, begin, used)
    used -= begin
    begin = 0
    out = next
  }
  const byte = (value: number): void => {
    out[used] = value
    used += 1
  }
  const ascii = (value: string): void => {
    for (let at = 0; at < value.length; at += 1) byte(value.charCodeAt(at))
  }
  const bytes = (row: Buffer, from: number, to: number): void => {
    row.copy(out, used, from, to)
    used += to - from
  }
  const quoted = (value: string): void => {
    byte(quote)
    ascii(value)
    byte(quote)
  }
  const string = (row: Buffer, from: number, to: number): void => {
    const start = used
    byte(quote)
    for (let at = from; at < to; at += 1) {
      const character = row[at] ?? 0
      if (character < firstPrintable || character === quote || character === backslash) {
        // The server escapes what JSON has to escape, in the same way, and nothing else.
        const escaped = Buffer.from(JSON.stringify(row.toString('utf8', from, to)))
        used = start
        reserve(escaped.length + row.length - to + 400)
        bytes(escaped, 0, escaped.length)
        return
      }
      byte(character)
    }
    byte(quote)
  }
  const time = (row: Buffer, at: number, seconds: SecondWriter): void => {
    const high = row.readInt32BE(at)
    let micros = high * high32 + row.readUInt32BE(at + 4)
    let second = Math.floor(micros / 1e6)
    micros -= second * 1e6
    if (!isExact(high)) {
      const long = row.readBigInt64BE(at)
      // "infinity" and "-infinity", of which to_char makes nothing.
      if (long === 2n ** 63n - 1n || long === -(2n ** 63n)) {
        ascii('null')
        return
      }
      micros = Number(((long % 1_000_000n) + 1_000_000n) % 1_000_000n)
      second = Number((long - BigInt(micros)) / 1_000_000n)
    }
    byte(quote)
    ascii(seconds(second))
    byte(0x2e)
    for (let unit = 100_000; unit >= 1; unit /= 10) byte(0x30 + (Math.trunc(micros / unit) % 10))
    byte(0x5a)
    byte(quote)
  }

  return (row) => {
    begin = used
    // Each value gets at most six bytes around it; numbers and times take less than 400 in all.
    reserve(row.length + 17 * 6 + 400)
    byte(leafMark)
    ascii('[1')
    let id = ''
    for (let column = 0, at = 2; column < eventTypes.length; column += 1) {
      const length = row.readInt32BE(at)
      at += 4
      byte(0x2c)
      byte(firstPrintable)
      if (length < 0) {
        ascii('null')
        continue
      }
      switch (eventTypes[column]) {
        case text:
          string(row, at, at + length)
          break
        case jsonb:
          // Behind the version of the form: the text as it is printed.
          bytes(row, at + 1, at + length)
          break
        case int4:
          ascii(String(row.readInt32BE(at)))
          break
        case timestamptz:
          time(row, at, column === 3 ? ts : txTs)
          break
        default:
          if (column === 0) {
            const high = row.readInt32BE(at)
            id = isExact(high)
              ? String(high * high32 + row.readUInt32BE(at + 4))
              : String(row.readBigInt64BE(at))
            quoted(id)
          } else {
            quoted((column === 1 ? sysid : xid).read(row, at).text)
          }
      }
      at += length
    }
    byte(0x5d)
    return new TrailEvent(id, sysid.text, xid.value, out.subarray(begin, used))
  }
}
