import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { chromium, _electron as electron, type Page } from '@playwright/test'

/** `DESKTOP=electron` means real Electron, anything else the stand-in that drives Chromium. */
export const isRealElectron = process.env.DESKTOP === 'electron'

/** The built desktop host with its window. */
export type Desktop = {
  page: Page
  pid: number
  /** Asks it to end, as Ctrl-C does, and waits until it has. The exit code. */
  quit(): Promise<number | null>
}

const hostEnvironment = (): Record<string, string> => {
  const { DATABASE_URL: _, NODE_OPTIONS: _options, ...inherited } = process.env
  const given = Object.entries(inherited).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const words = JSON.stringify(['--home', process.env.E2E_HOME])
  return { ...Object.fromEntries(given), VIRUJ_CONSOLE_OPTIONS: words }
}

const quit = async (child: ChildProcess): Promise<number | null> => {
  if (child.exitCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill('SIGINT')
  await exited
  return child.exitCode
}

const openElectron = async (): Promise<Desktop> => {
  const app = await electron.launch({ args: ['.'], env: hostEnvironment() })
  const child = app.process()
  return { page: await app.firstWindow(), pid: child.pid ?? 0, quit: () => quit(child) }
}

const openStandIn = async (): Promise<Desktop> => {
  const child = spawn(
    process.execPath,
    ['--import', './test/desktop/electron-stand-in/register.ts', 'out/main/desktop.js'],
    { env: hostEnvironment(), stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const told = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const address = /^stand-in debugger "(.+)"$/.exec(line)?.[1]
      if (address !== undefined) resolve(address)
    })
    child.once('exit', (code) =>
      reject(new Error(`The desktop host ended with ${code} before it had a window.`)),
    )
  })
  const browser = await chromium.connectOverCDP(await told)
  const page = browser.contexts()[0]?.pages()[0]
  if (page === undefined) throw new Error('The stand-in shows no page.')
  return { page, pid: child.pid ?? 0, quit: () => quit(child) }
}

/**
 * Starts the desktop host on the home folder and the sample servers of the run. Its window is there at once; this waits
 * until it lists the servers, too, which the first console of a run has to make.
 */
export const openDesktop = async (): Promise<Desktop> => {
  const desktop = await (isRealElectron ? openElectron() : openStandIn())
  try {
    await desktop.page
      .getByRole('button', { name: /^Connect to / })
      .first()
      .waitFor({ timeout: 90_000 })
    return desktop
  } catch (error) {
    await desktop.quit()
    throw error
  }
}
