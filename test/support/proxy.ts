import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** `held` once the marker has come by. */
export type Hold = { readonly held: boolean; release(): void }

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
  /** The next connection to send `marker` gets no further with it, nor with anything after it, before the release. */
  hold(marker: string): Hold
  [Symbol.asyncDispose](): Promise<void>
}

export const startProxy = async (target: { host: string; port: number }): Promise<Proxy> => {
  const sockets = new Set<Socket>()
  /** What is still waited for, and what then to do with all that the connection sends. */
  const holds = new Map<string, (sent: () => void) => void>()
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
    let pass = (sent: () => void): void => sent()
    inbound.on('data', (chunk) => {
      for (const [marker, keepBack] of holds) {
        if (!chunk.includes(marker)) continue
        holds.delete(marker)
        pass = keepBack
      }
      pass(() => outbound.write(chunk))
    })
    outbound.on('data', (chunk) => {
      bytes += chunk.length
      if (!inbound.write(chunk)) outbound.pause()
    })
    inbound.on('drain', () => frozen || outbound.resume())
    // What nobody reads any more is reset, as TCP does it: a server that is sending would otherwise wait for ever.
    inbound.on('close', () => frozen || pass(() => outbound.end(() => outbound.destroy())))
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
    hold(marker) {
      let waiting: (() => void)[] | null = []
      let held = false
      holds.set(marker, (sent) => {
        held = true
        if (waiting === null) sent()
        else waiting.push(sent)
      })
      return {
        get held() {
          return held
        },
        release() {
          for (const sent of waiting ?? []) sent()
          waiting = null
        },
      }
    },
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
