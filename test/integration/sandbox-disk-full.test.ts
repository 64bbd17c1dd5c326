import { execFileSync } from 'node:child_process'
import { chmodSync, closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openSandbox } from '../../src/main/sandbox/sandbox.ts'
import { newHome } from '../support/sandbox.ts'

/** Less sample data than a person gets: it is made over and over here. */
const scale = 0.1

/** A disk of its own with so many megabytes, or `undefined` where this user may not mount one. */
const smallDisk = (megabytes: number) => {
  const folder = newHome()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  chmodSync(folder, 0o755)
  return { folder, [Symbol.dispose]: () => void execFileSync('umount', ['--lazy', folder]) }
}

/** Writes until nothing more fits. */
const fillUp = (file: string): void => {
  const descriptor = openSync(file, 'w')
  try {
    for (const size of [1024 * 1024, 4096]) {
      try {
        for (;;) writeSync(descriptor, Buffer.alloc(size))
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' })
      }
    }
  } finally {
    closeSync(descriptor)
  }
}

const probe = smallDisk(1)
const mayMount = probe !== undefined
probe?.[Symbol.dispose]()

describe.skipIf(!mayMount)('the sandbox on a disk that is full', () => {
  test('says how much it needs before it writes anything', async () => {
    using disk = smallDisk(100)
    const home = disk?.folder ?? ''
    await expect(openSandbox({ home, scale })).rejects.toMatchObject({
      code: 'DISK_FULL',
      remedy: expect.stringContaining('225 MB'),
    })
    expect(readdirSync(join(home, 'sandbox', 'servers'))).toEqual([])
  })

  test.each(['Filling in sample data', 'Making the standby'])(
    'leaves no half of itself when the disk fills up at "%s"',
    async (phase) => {
      using disk = smallDisk(240)
      const home = disk?.folder ?? ''
      const opened = openSandbox({
        home,
        scale,
        onProgress: (step) => {
          if (step === phase) fillUp(join(home, 'filler'))
        },
      })
      await expect(opened).rejects.toMatchObject({
        code: 'DISK_FULL',
        remedy: expect.stringContaining('Free'),
      })
      expect(readdirSync(join(home, 'sandbox'))).toEqual(['servers'])
      expect(readdirSync(join(home, 'sandbox', 'servers'))).toEqual([])
    },
  )

  test('keeps what was there when it cannot start, and opens once there is room', {
    timeout: 60_000,
  }, async () => {
    using disk = smallDisk(260)
    const home = disk?.folder ?? ''
    await (await openSandbox({ home, scale })).close()
    fillUp(join(home, 'filler'))
    await expect(openSandbox({ home, scale })).rejects.toMatchObject({ code: 'DISK_FULL' })
    rmSync(join(home, 'filler'))
    const steps: string[] = []
    const sandbox = await openSandbox({ home, scale, onProgress: (step) => steps.push(step) })
    await sandbox.close()
    expect(steps).toEqual(['Starting the servers'])
  })
})
