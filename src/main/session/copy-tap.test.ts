import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { tapCopyData, tapOf } from './copy-tap.ts'

const message = (type: string, body: string): Buffer => {
  const bytes = Buffer.alloc(5 + Buffer.byteLength(body))
  bytes.write(type)
  bytes.writeUInt32BE(4 + Buffer.byteLength(body), 1)
  bytes.write(body, 5)
  return bytes
}

/** Sends bytes in chunks of this size through a tap, and returns what came to pg and what to the receiver. */
const send = (bytes: Buffer, chunkSize: number, options: { receives: boolean; isLoggedIn?: boolean }) => {
  const socket = new PassThrough()
  const toPg: Buffer[] = []
  const received: Uint8Array[] = []
  socket.on('data', (chunk: Buffer) => {
    // What pg's parser reads with is a method of Buffer, not of Uint8Array.
    expect(chunk).toBeInstanceOf(Buffer)
    toPg.push(Buffer.from(chunk))
  })
  const tap = tapCopyData(socket)
  tap.isLoggedIn = options.isLoggedIn ?? true
  if (options.receives) tap.receiver = (chunk) => received.push(Uint8Array.from(chunk))
  for (let at = 0; at < bytes.length; at += chunkSize) {
    socket.emit('data', bytes.subarray(at, at + chunkSize))
  }
  return { toPg: Buffer.concat(toPg).toString(), received: Buffer.concat(received).toString() }
}

const before = Buffer.concat([message('1', ''), message('2', ''), message('H', 'abc')])
const rows = [
  message('d', '1\ta row\n'),
  message('d', ''),
  message('d', '2\tand another, longer than the first\n'),
]
const after = Buffer.concat([message('c', ''), message('C', 'COPY 2'), message('Z', 'I')])
const all = Buffer.concat([before, ...rows, after])

test('rows come out whole and in order, and pg sees all else, however the network cuts them', () => {
  for (let chunkSize = 1; chunkSize <= all.length; chunkSize += 1) {
    expect(send(all, chunkSize, { receives: true })).toEqual({
      toPg: Buffer.concat([before, after]).toString(),
      received: '1\ta row\n2\tand another, longer than the first\n',
    })
  }
})

test('each piece of a row tells how much of it is still to come', () => {
  const socket = new PassThrough()
  socket.on('data', () => undefined)
  const tap = tapCopyData(socket)
  const pieces: [number, number][] = []
  tap.receiver = (chunk, rest) => pieces.push([chunk.byteLength, rest])
  const row = message('d', 'x'.repeat(10))
  for (const [from, to] of [
    [0, 9],
    [9, 12],
    [12, 15],
  ] as const) {
    socket.emit('data', row.subarray(from, to))
  }
  expect(pieces).toEqual([
    [4, 6],
    [3, 3],
    [3, 0],
  ])
})

test('rows of a query come out where somebody asked for them, and rows of a COPY do not', () => {
  const socket = new PassThrough()
  const toPg: Buffer[] = []
  socket.on('data', (chunk: Buffer) => toPg.push(Buffer.from(chunk)))
  const tap = tapOf(socket)
  expect(tapOf(socket)).toBe(tap)
  const received: string[] = []
  tap.rowReceiver = (chunk) => received.push(chunk.toString())
  const described = message('T', 'of two columns')
  socket.emit(
    'data',
    Buffer.concat([described, message('D', 'first'), ...rows, message('D', 'second'), after]),
  )
  expect(received).toEqual(['first', 'second'])
  expect(Buffer.concat(toPg).equals(Buffer.concat([described, ...rows, after]))).toBe(true)
})

test('pg sees everything while nobody receives', () => {
  for (const chunkSize of [1, 3, 7, all.length]) {
    expect(send(all, chunkSize, { receives: false })).toEqual({ toPg: all.toString(), received: '' })
  }
})

test('a message that is too long for a server that let nobody in yet is refused before it is collected', () => {
  const header = Buffer.from([0x52, 0x3f, 0xff, 0xff, 0xff])
  expect(() => send(header, 5, { receives: false, isLoggedIn: false })).toThrow('cannot be')
  expect(() => send(header, 2, { receives: false, isLoggedIn: false })).toThrow('cannot be')
  expect(() => send(header, 5, { receives: false })).not.toThrow()
})

test('a length that is smaller than itself is refused', () => {
  expect(() => send(Buffer.from([0x5a, 0, 0, 0, 3]), 5, { receives: false })).toThrow('cannot be')
  expect(() => send(Buffer.from([0x5a, 0xff, 0xff, 0xff, 0xff]), 5, { receives: false })).toThrow('cannot be')
})
