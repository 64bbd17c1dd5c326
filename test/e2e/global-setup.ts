import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Builds what is stale, and makes the home folder that all consoles of this run share, with its sample servers. */
export default function setup(): () => void {
  execFileSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' })
  const home = mkdtempSync(join(tmpdir(), 'console-e2e-'))
  process.env.E2E_HOME = home
  return () => rmSync(home, { recursive: true, force: true })
}
