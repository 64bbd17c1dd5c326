import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { inject } from 'vitest'
import { s3Client, testCredential } from './object-server.ts'
import { freePort } from './pooler.ts'
import type { S3Peer } from './s3-peers.ts'

const needed = ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph'].map((name) => `/usr/bin/${name}`)
const startWithinMs = 60_000

const configuration = (folder: string, id: string, monitorPort: number, port: number): string => `[global]
fsid = ${id}
mon_host = [v1:127.0.0.1:${monitorPort}]
public_addr = 127.0.0.1
ms_bind_ipv6 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
mon_data = ${folder}/mon
osd_data = ${folder}/osd
run_dir = ${folder}
admin_socket =
log_file = ${folder}/$name.log
# One of everything, in memory.
osd_objectstore = memstore
osd_pool_default_size = 1
osd_pool_default_pg_num = 1
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_data_avail_crit = 1
# Each pool that is made waits for this; by default a second.
paxos_propose_interval = 0.02
paxos_min_wait = 0.01
rgw_frontends = beast endpoint=127.0.0.1:${port}
`

/**
 * Ceph's own S3 with all that is below it, from Debian's packages radosgw, ceph-mon, ceph-osd and ceph-common.
 * @returns the peer, or why there is none
 */
export const openRadosgw = async (): Promise<S3Peer | string> => {
  if (process.env.CEPH === undefined) return 'starts with CEPH=1 only'
  if (!needed.every(existsSync)) return 'needs radosgw, ceph-mon, ceph-osd and ceph-common'
  const folder = mkdtempSync(join(inject('runFolder'), 'radosgw-'))
  for (const part of ['mon', 'osd']) mkdirSync(join(folder, part))
  const id = randomUUID()
  const osd = randomUUID()
  const port = await freePort()
  const monitorPort = await freePort()
  const file = join(folder, 'ceph.conf')
  writeFileSync(file, configuration(folder, id, monitorPort, port))
  const env = { PATH: process.env.PATH, CEPH_CONF: file }
  const servers: ChildProcess[] = []
  // They end with the worker that runs this test, however it ends.
  const serve = (...words: string[]) =>
    servers.push(spawn('setpriv', ['--pdeathsig', 'KILL', ...words, '-f'], { env, stdio: 'ignore' }))
  const stop = async () => {
    for (const server of servers.reverse()) {
      const ended = once(server, 'exit')
      if (server.kill('SIGKILL')) await ended
    }
    rmSync(folder, { recursive: true, force: true })
  }
  const signal = AbortSignal.timeout(startWithinMs)
  const run = (program: string, ...words: string[]) => promisify(execFile)(program, words, { env, signal })
  const url = `http://127.0.0.1:${port}`
  try {
    const map = join(folder, 'monmap')
    const monitor = `[v1:127.0.0.1:${monitorPort}]`
    await run('monmaptool', '--create', '--addv', 'a', monitor, '--fsid', id, map)
    await run('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map)
    serve('ceph-mon', '-i', 'a')
    await run('ceph', 'osd', 'new', osd)
    await run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osd)
    serve('ceph-osd', '-i', '0')
    const { accessKeyId, secretAccessKey } = testCredential
    const keys = ['--access-key', accessKeyId, '--secret-key', secretAccessKey]
    await run('radosgw-admin', 'user', 'create', '--uid', 'test', '--display-name', 'Test', ...keys)
    serve('radosgw', '-n', 'client.rgw')
    while (
      !(await fetch(url, { signal }).then(
        () => true,
        () => false,
      ))
    )
      await wait(20, undefined, { signal })
  } catch (error) {
    await stop()
    if (signal.aborted) return `was not ready within ${startWithinMs / 1000} s`
    throw error
  }
  const client = s3Client(url)
  await client.send(new CreateBucketCommand({ Bucket: 'documents', ObjectLockEnabledForBucket: true }))
  return {
    url,
    credential: testCredential,
    client,
    async [Symbol.asyncDispose]() {
      client.destroy()
      await stop()
    },
  }
}
