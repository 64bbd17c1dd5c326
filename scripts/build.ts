/** `npm run build`: bundles main process, preload script and page into `out/`, unless it was built from just these sources. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assertNode } from './system.ts'

const root = join(import.meta.dirname, '..')
const stamp = join(root, 'out', 'built-from')
const sources = ['electron.vite.config.ts', 'package-lock.json', 'resources', 'scripts/compressed.ts', 'src']

/** Paths, sizes and times of all that the bundle is made of. */
const fingerprint = (): string => {
  const hash = createHash('sha256')
  const add = (path: string): void => {
    const stats = statSync(join(root, path))
    if (!stats.isDirectory()) hash.update(`${path}\0${stats.size}\0${stats.mtimeMs}\n`)
    else for (const name of readdirSync(join(root, path)).sort()) add(join(path, name))
  }
  for (const source of sources) add(source)
  return hash.digest('hex')
}

export const buildIfStale = async (): Promise<void> => {
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== fingerprint()) await build()
}

const build = async (): Promise<void> => {
  const from = fingerprint()
  console.log('Building the console…')
  const { build: bundle } = await import('electron-vite')
  await bundle({ root, logLevel: 'warn' })
  writeFileSync(stamp, from)
}

if (import.meta.main) {
  assertNode()
  await buildIfStale()
}
