import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { buildIfStale } from '../../scripts/build.ts'
import { isRunning, readPidFile } from '../../src/main/cluster/postmaster.ts'
import { isAlive } from '../../src/main/cluster/processes.ts'
import { launchServer, type ServerAddress } from './postgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The PostgreSQL 16 that every integration test of this run shares. */
    server: ServerAddress
    /** The folder of this run: whatever a test leaves in it, servers included, is gone after the run. */
    runFolder: string
  }
}

const prefix = 'viruj-test-'

/** Waits 20 ms in a process that is about to exit, where nothing asynchronous runs any more. */
const pause = (): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
}

/** Stops every server below `folder` at once and removes it. Synchronous, since it also runs while the process exits. */
const sweep = (folder: string): void => {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('postmaster.pid')) continue
    const dataDir = join(folder, path, '..')
    const pid = readPidFile(dataDir)?.pid
    if (pid === undefined || !isRunning(dataDir)) continue
    process.kill(pid, 'SIGQUIT')
    while (isRunning(dataDir)) pause()
  }
  // An initdb of an interrupted test may still be writing here.
  for (let attempt = 1; attempt <= 50 && existsSync(folder); attempt++) {
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch (error) {
      if (attempt === 50) throw error
      pause()
    }
  }
}

/** What a run that was killed outright left behind. */
const sweepDeadRuns = (): void => {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const owner = Number(name.slice(prefix.length).split('-')[0])
    if (Number.isInteger(owner) && !isAlive(owner)) sweep(join(tmpdir(), name))
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  await buildIfStale()
  sweepDeadRuns()
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
  let swept = false
  const sweepOnce = () => {
    if (swept) return
    swept = true
    sweep(folder)
  }
  process.once('exit', sweepOnce)
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    process.once(signal, () => process.exit(128 + number))
  }
  const server = await launchServer(folder)
  project.provide('server', server.address)
  project.provide('runFolder', folder)
  return () => {
    sweepOnce()
    process.off('exit', sweepOnce)
  }
}
