import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { expect, inject } from 'vitest'
import { isRunning } from '../../src/main/cluster/postmaster.ts'
import type { Sandbox } from '../../src/main/sandbox/sandbox.ts'

/** A folder for a console's data; gone after the run with whatever runs in it. */
export const newHome = (): string => {
  const home = mkdtempSync(join(inject('runFolder'), 'home-'))
  chmodSync(home, 0o755)
  return home
}

/** The data directories below a sandbox, and whether a server runs there. */
export const servers = (home: string): { dataDir: string; running: boolean }[] => {
  const folder = join(home, 'sandbox', 'servers')
  return readdirSync(folder).flatMap((name) =>
    ['primary', 'standby'].map((role) => {
      const dataDir = join(folder, name, role)
      return { dataDir, running: isRunning(dataDir) }
    }),
  )
}

export const expectNoServer = (home: string): Promise<void> =>
  expect.poll(() => servers(home).filter(({ running }) => running), { timeout: 10_000 }).toEqual([])

/**
 * Opens the sandbox in a process of its own and resolves when it prints a line that begins with `until`: a step, or
 * `open`. `last` is that line, `kill` sends a signal and waits for the end.
 */
export const startConsole = async (home: string, until: string, scale = 1) => {
  const script = fileURLToPath(new URL('./sandbox-console.ts', import.meta.url))
  const child = spawn(process.execPath, [script, home, String(scale)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  let last = ''
  for await (const line of createInterface(child.stdout)) {
    last = line
    if (line.startsWith(until)) break
  }
  return {
    last,
    async kill(signal: NodeJS.Signals) {
      child.kill(signal)
      await exited
    },
  }
}

/** A client of one of the three people, over verified TLS, with a reason for what it changes. The test ends it. */
export const connectAs = async (
  sandbox: Sandbox,
  name: Sandbox['personas'][number]['name'],
  where: 'primary' | 'standby' = 'primary',
): Promise<pg.Client> => {
  const persona = sandbox.personas.find((one) => one.name === name)
  const client = new pg.Client({
    ...sandbox[where],
    database: sandbox.database,
    user: persona?.user,
    password: persona?.password,
    options: '-c audit.reason=Test',
    ssl: { ca: readFileSync(sandbox.caFile) },
  })
  client.on('error', () => undefined)
  await client.connect()
  return client
}
