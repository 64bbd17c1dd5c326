import { spawn } from 'node:child_process'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readPidFile } from '../../src/main/cluster/postmaster.ts'
import { isAlive } from '../../src/main/cluster/processes.ts'
import { openSandbox } from '../../src/main/sandbox/sandbox.ts'
import { connectAs, expectNoServer, newHome, servers, startConsole } from '../support/sandbox.ts'

/** Less sample data than a person gets: it is made over and over here. */
const scale = 0.1

/** Opens the sandbox, finds it whole, and closes it. Returns the steps that were told. */
const expectWhole = async (home: string): Promise<string[]> => {
  const steps: string[] = []
  const sandbox = await openSandbox({ home, scale, onProgress: (step) => steps.push(step) })
  try {
    for (const where of ['primary', 'standby'] as const) {
      const client = await connectAs(sandbox, 'dba', where)
      const { rows } = await client.query(
        'select count(*)::int as documents, pg_is_in_recovery() as standby from documents',
      )
      await client.end()
      expect(rows).toEqual([{ documents: 5000 * scale, standby: where === 'standby' }])
    }
    expect(readdirSync(join(home, 'sandbox', 'servers'))).toHaveLength(1)
  } finally {
    await sandbox.close()
  }
  return steps
}

describe('the sandbox survives', () => {
  let latest: string | null = null
  /** A home with a sandbox in it: the one of the test before, or one that is made now. */
  const homeWithSandbox = async (): Promise<string> => {
    if (latest === null) {
      latest = newHome()
      await (await openSandbox({ home: latest, scale })).close()
    }
    return latest
  }

  test('a console killed in each phase of its making', { timeout: 120_000 }, async () => {
    const home = newHome()
    for (const phase of [
      'Creating the servers',
      'Creating the schema',
      'Filling in sample data',
      'Making the standby',
      'Starting the servers',
    ]) {
      const console = await startConsole(home, phase, scale)
      await console.kill('SIGKILL')
      await expectNoServer(home)
    }
    // The last one was killed after everything had been made.
    expect(await expectWhole(home)).not.toContain('Filling in sample data')
    latest = home
  })

  test('a console killed while it is open: its servers end, and the next one starts them', async () => {
    const home = await homeWithSandbox()
    const console = await startConsole(home, 'open', scale)
    await console.kill('SIGKILL')
    await expectNoServer(home)
    expect(await expectWhole(home)).toEqual(['Starting the servers'])
  })

  test('servers killed at once', async () => {
    const home = await homeWithSandbox()
    const sandbox = await openSandbox({ home, scale })
    for (const { dataDir } of servers(home)) process.kill(readPidFile(dataDir)?.pid ?? 0, 'SIGKILL')
    await expectNoServer(home)
    await sandbox.close()
    expect(await expectWhole(home)).toEqual(['Starting the servers'])
  })

  test('a lock file whose pid now belongs to another program, which is left alone', async () => {
    const home = await homeWithSandbox()
    const innocent = spawn('sleep', ['600'])
    try {
      const pid = innocent.pid ?? 0
      for (const { dataDir } of servers(home)) {
        writeFileSync(join(dataDir, 'postmaster.pid'), `${pid}\n${dataDir}\n0\n1\n\n127.0.0.1\n0\nready\n`)
      }
      writeFileSync(join(home, 'sandbox', 'owner.json'), JSON.stringify({ pid, started: 'long ago' }))
      await expectWhole(home)
      expect(isAlive(pid)).toBe(true)
    } finally {
      innocent.kill()
    }
  })

  test.each([
    ['lost a file', (standby: string) => rmSync(join(standby, 'global', 'pg_control'))],
    ['was promoted', (standby: string) => rmSync(join(standby, 'standby.signal'))],
    ['was never finished', (standby: string) => rmSync(standby, { recursive: true })],
  ])('a standby that %s: it is made anew', async (_, damage) => {
    const home = await homeWithSandbox()
    const standby = servers(home)[1]?.dataDir ?? ''
    damage(standby)
    expect(await expectWhole(home)).toContain('Making the standby anew')
    expect(existsSync(join(standby, 'standby.signal'))).toBe(true)
  })

  test('two consoles that open it at the same moment: one runs it, the other is its guest', async () => {
    const home = await homeWithSandbox()
    const consoles = await Promise.all([startConsole(home, 'open', scale), startConsole(home, 'open', scale)])
    try {
      expect(consoles.map(({ last }) => last).sort()).toEqual(['open', 'open as guest'])
    } finally {
      for (const console of consoles) await console.kill('SIGKILL')
    }
    await expectNoServer(home)
  })

  test('the end of the console that was making it: the one that waited makes it', async () => {
    const elsewhere = newHome()
    const first = await startConsole(elsewhere, 'Creating the schema', scale)
    const steps: string[] = []
    const sandbox = await openSandbox({
      home: elsewhere,
      scale,
      onProgress: (step) => {
        steps.push(step)
        if (step.startsWith('Waiting')) void first.kill('SIGKILL')
      },
    })
    await sandbox.close()
    expect(sandbox.guest).toBe(false)
    expect(steps.slice(0, 2)).toEqual([
      'Waiting for another console to prepare the sandbox',
      'Creating the servers',
    ])
  })

  test('a cancelled making, which leaves nothing behind', async () => {
    const elsewhere = newHome()
    const cancel = new AbortController()
    const opened = openSandbox({
      home: elsewhere,
      scale,
      signal: cancel.signal,
      onProgress: (step) => step === 'Filling in sample data' && setImmediate(() => cancel.abort()),
    })
    await expect(opened).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(readdirSync(join(elsewhere, 'sandbox'))).toEqual(['servers'])
    expect(readdirSync(join(elsewhere, 'sandbox', 'servers'))).toEqual([])
  })
})
