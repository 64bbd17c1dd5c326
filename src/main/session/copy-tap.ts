import type { Duplex } from 'node:stream'

/** Messages of the protocol that hold rows. https://www.postgresql.org/docs/current/protocol-message-formats.html */
const copyData = 'd'.charCodeAt(0)
const dataRow = 'D'.charCodeAt(0)
/** One byte of type and four of length, which counts itself. */
const headerLength = 5
/** Bytes of a message from a server that has not proven who it is: pg would collect whatever it announces. */
const limitBeforeLogIn = 64 * 1024

/** `rest`: bytes of the same message that are still to come. */
type Receive = (chunk: Buffer, rest: number) => void

/**
 * Takes rows out of what a server sends before pg's parser sees them. pg makes several objects of every row, which costs more than
 * all the rest that a row goes through here; a row in this way costs one copy of its bytes.
 */
export type CopyTap = {
  /** Whoever wants the data of a COPY from now on, or null: then pg gets it. A message may come in several chunks. */
  receiver: Receive | null
  /** The same for the rows of a query, each as the body of its `DataRow`: pg takes binary values for text. */
  rowReceiver: Receive | null
  /** The server has let the user in: from now on its messages may be large. */
  isLoggedIn: boolean
}

const taps = new WeakMap<Duplex, CopyTap>()

/** The tap of a connection's socket; puts one on a connection that was made without, while nothing is asked of it. */
export const tapOf = (socket: Duplex): CopyTap => {
  const there = taps.get(socket)
  if (there !== undefined) return there
  const tap = tapCopyData(socket)
  tap.isLoggedIn = true
  return tap
}

/** Puts a tap on a socket that pg has begun to listen to and that nothing has come through yet. */
export const tapCopyData = (socket: Duplex): CopyTap => {
  const [toParser, ...others] = socket.listeners('data')
  if (toParser === undefined || others.length > 0) throw new Error('pg listens to its socket in another way.')
  const tap: CopyTap = { receiver: null, rowReceiver: null, isLoggedIn: false }
  taps.set(socket, tap)
  /** What is there of a header that was cut by the end of a chunk. */
  const header = Buffer.alloc(headerLength)
  let headerBytes = 0
  /** Bytes that are still to come of the message's body, and whom they are for; null: pg. */
  let left = 0
  let to: 'receiver' | 'rowReceiver' | null = null

  const receiverOf = (type: number | undefined): typeof to => {
    if (type === copyData && tap.receiver !== null) return 'receiver'
    return type === dataRow && tap.rowReceiver !== null ? 'rowReceiver' : null
  }

  const pass = (chunk: Buffer): void => {
    if (chunk.byteLength > 0) toParser.call(socket, chunk)
  }

  /** Bytes of the body of the message whose header stands at this place. */
  const bodyLength = (bytes: Uint8Array, at: number): number => {
    const byte = (place: number) => bytes[at + place] ?? 0
    const length = ((byte(1) << 24) | (byte(2) << 16) | (byte(3) << 8) | byte(4)) - 4
    if (length < 0 || (!tap.isLoggedIn && length > limitBeforeLogIn)) {
      throw new Error('The server announces a message of a length that cannot be.')
    }
    return length
  }

  socket.off('data', toParser as (chunk: Buffer) => void)
  socket.on('data', (chunk: Buffer) => {
    /** Where the part for pg that was not handed on yet begins. */
    let untapped = 0
    let at = 0
    while (at < chunk.length) {
      if (left > 0) {
        const end = Math.min(at + left, chunk.length)
        if (to !== null) {
          tap[to]?.(chunk.subarray(at, end), left - (end - at))
          untapped = end
        }
        left -= end - at
        at = end
        continue
      }
      if (headerBytes > 0 || chunk.length - at < headerLength) {
        // Kept back from pg until its type is known.
        if (headerBytes === 0) pass(chunk.subarray(untapped, at))
        const taken = Math.min(headerLength - headerBytes, chunk.length - at)
        header.set(chunk.subarray(at, at + taken), headerBytes)
        headerBytes += taken
        at += taken
        untapped = at
        if (headerBytes < headerLength) return
        headerBytes = 0
        to = receiverOf(header[0])
        left = bodyLength(header, 0)
        if (to === null) pass(Buffer.from(header))
        continue
      }
      to = receiverOf(chunk[at])
      left = bodyLength(chunk, at)
      if (to !== null) pass(chunk.subarray(untapped, at))
      at += headerLength
      if (to !== null) untapped = at
    }
    pass(chunk.subarray(untapped))
  })
  return tap
}
