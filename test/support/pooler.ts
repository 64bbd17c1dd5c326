import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { TestDatabase } from './postgres.ts'

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.')
  return address.port
}

/** PgBouncer in transaction mode before a database, without TLS on the way to it. */
export const startPooler = async (
  database: TestDatabase,
): Promise<{ port: number; [Symbol.asyncDispose](): Promise<void> }> => {
  const folder = mkdtempSync(join(tmpdir(), 'console-pooler-'))
  const port = await freePort()
  writeFileSync(join(folder, 'users.txt'), `"${database.user}" "${database.password}"\n`)
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    `[databases]
${database.database} = host=${database.host} port=${database.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, 'users.txt')}
server_tls_sslmode = require
pool_mode = transaction
default_pool_size = 8
`,
  )
  // PgBouncer does not run as root, and reads these files as the account that it runs as.
  chmodSync(folder, 0o755)
  const asOther = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const pooler = spawn('pgbouncer', [...asOther, join(folder, 'pgbouncer.ini')], {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin` },
  })
  const ended = once(pooler, 'exit')
  await expect
    .poll(async () => {
      const socket = connect(port, '127.0.0.1')
      return once(socket, 'connect').then(
        () => {
          socket.destroy()
          return true
        },
        () => false,
      )
    })
    .toBe(true)
  return {
    port,
    async [Symbol.asyncDispose]() {
      pooler.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
