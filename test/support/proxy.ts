import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy on 127.0.0.1 that can go silent as a broken network does: no byte, no end, no reset. */
export type Proxy = {
  host: string
  port: number
  /** Bytes that came from the server and were taken by the client. */
  bytes(): number
  freeze(): void
  thaw(): void
  /** Cuts all connections. */
  cut(): void
  [Symbol.asyncDispose](): Promise<void>
}

export const startProxy = async (target: { host: string; port: number }): Promise<Proxy> => {
  const sockets = new Set<Socket>()
  let frozen = false
  let bytes = 0
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    if (frozen) socket.pause()
  }
  const server = createServer((inbound) => {
    const outbound = connect(target)
    keep(inbound)
    keep(outbound)
    inbound.on('data', (chunk) => outbound.write(chunk))
    outbound.on('data', (chunk) => {
      bytes += chunk.length
      if (!inbound.write(chunk)) outbound.pause()
    })
    inbound.on('drain', () => frozen || outbound.resume())
    inbound.on('close', () => frozen || outbound.destroy())
    outbound.on('close', () => frozen || inbound.destroy())
    if (frozen) for (const socket of sockets) socket.pause()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    bytes: () => bytes,
    freeze() {
      frozen = true
      for (const socket of sockets) socket.pause()
    },
    thaw() {
      frozen = false
      for (const socket of sockets) socket.resume()
    },
    cut,
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
