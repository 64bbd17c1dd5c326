import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serveConsole } from './serve.ts'

/**
 * Builds what is stale, and starts a console that runs the sample servers of this run. The consoles of the tests are its
 * guests, so that none of them ends the servers of another.
 */
export default async function setup(): Promise<() => Promise<void>> {
  execFileSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' })
  const home = mkdtempSync(join(tmpdir(), 'console-e2e-'))
  // Started by root, the servers run as another account, which has to pass through.
  chmodSync(home, 0o755)
  process.env.E2E_HOME = home
  const owner = await serveConsole(['--home', home])
  return async () => {
    await owner.stop()
    rmSync(home, { recursive: true, force: true })
  }
}
