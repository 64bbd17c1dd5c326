import { chmodSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A home folder of one's own for consoles: with nothing of other tests in it but the sample servers, which all share.
 * @returns the folder, and how to remove it
 */
export const makeHome = (): { home: string; remove: () => void } => {
  const home = mkdtempSync(join(tmpdir(), 'console-home-'))
  chmodSync(home, 0o755)
  symlinkSync(join(process.env.E2E_HOME ?? '', 'sandbox'), join(home, 'sandbox'))
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) }
}
