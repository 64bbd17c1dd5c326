/**
 * `npm start`: opens the console in its window; where Electron or a display is missing, says so and serves it to a browser.
 * `--browser` (npm run serve) does the latter at once. Other options go to the console: see `npm run cli -- --help`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildIfStale } from './build.ts'
import { assertNode } from './system.ts'

const root = join(import.meta.dirname, '..')
const electronFolder = join(root, 'node_modules', 'electron')

/** Why there can be no window on this machine, or null. */
const whyNoWindow = (): string | null => {
  if (process.platform !== 'linux') return null
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'There is no display for a window'
  return process.getuid?.() === 0 ? 'Electron gives up its sandbox when it runs as root' : null
}

const installedElectron = (): string | null => {
  const pathFile = join(electronFolder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const path = join(electronFolder, 'dist', readFileSync(pathFile, 'utf8'))
  return existsSync(path) ? path : null
}

/** Electron's program, downloaded when it is not there yet. Its own installer checks what it brought against a checksum. */
const electron = (): string | null => {
  const installed = installedElectron()
  if (installed !== null) return installed
  console.log('Downloading Electron…')
  spawnSync(process.execPath, [join(electronFolder, 'install.js')], { stdio: 'ignore', timeout: 120_000 })
  return installedElectron()
}

/**
 * Ends the console with the shell that npm runs it in. That shell dies of a SIGTERM without passing it on, and the console
 * would stay behind, out of reach of whoever started it.
 */
const endWithNpm = (): void => {
  if (process.platform === 'win32' || process.env.npm_lifecycle_event === undefined) return
  const shell = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 500)
  watch.unref()
}

const openWindow = (program: string, words: string[]): void => {
  // Not as arguments: Chromium would take some of them for its own, `--no-sandbox` first of all.
  const env = { ...process.env, VIRUJ_CONSOLE_OPTIONS: JSON.stringify(words) }
  const child = spawn(program, [root], { stdio: 'inherit', env })
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => child.kill(name))
  child.on('exit', (code) => process.exit(code ?? 1))
}

const serve = async (words: string[]): Promise<void> => {
  process.argv.splice(2, process.argv.length, 'serve', ...words)
  await import(new URL('../out/main/cli.js', import.meta.url).href)
}

assertNode()
endWithNpm()
const words = process.argv.slice(2).filter((word) => word !== '--browser')
const wantsBrowser = process.argv.includes('--browser')
await buildIfStale()
const reason = wantsBrowser ? null : whyNoWindow()
const program = wantsBrowser || reason !== null ? null : electron()
if (program !== null) openWindow(program, words)
else {
  if (!wantsBrowser) {
    console.log(`${reason ?? 'Electron could not be downloaded'}: the console opens in a browser instead.`)
  }
  await serve(words)
}
