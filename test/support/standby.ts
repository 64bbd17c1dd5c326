import { execFileSync } from 'node:child_process'
import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestServer } from './postgres.ts'

/** Lines of pg_hba.conf with which a standby may follow. */
export const replicationHba = [
  'host all all 127.0.0.1/32 scram-sha-256',
  'host replication all 127.0.0.1/32 trust',
]

/**
 * Makes `standby` a copy of `primary` that streams from it under a name, with more settings where the test wants them.
 * @param options.port where the primary is reached, such as a proxy's
 */
export const follow = async (
  standby: TestServer,
  primary: TestServer,
  {
    name,
    port,
    settings = {},
  }: { name: string; port?: number | undefined; settings?: Record<string, string> },
): Promise<void> => {
  const { dataDir } = standby.address
  await standby.halt()
  await primary.halt()
  rmSync(dataDir, { recursive: true })
  execFileSync('cp', ['-a', primary.address.dataDir, dataDir])
  await primary.start()
  const signal = join(dataDir, 'standby.signal')
  // Copied, so that it belongs to the server's user.
  execFileSync('cp', ['-a', join(dataDir, 'PG_VERSION'), signal])
  writeFileSync(signal, '')
  const { superuser } = primary.address
  const lines = {
    primary_conninfo: `host=127.0.0.1 port=${port ?? primary.address.port} user=${superuser} application_name=${name}`,
    ...settings,
  }
  appendFileSync(
    join(dataDir, 'postgresql.auto.conf'),
    Object.entries(lines)
      .map(([key, value]) => `${key} = '${value}'\n`)
      .join(''),
  )
  await standby.start()
}
