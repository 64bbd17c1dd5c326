import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { chromium, _electron as electron, type Page } from '@playwright/test'

/** `DESKTOP=electron` means real Electron, anything else the stand-in that drives Chromium. */
export const isRealElectron = process.env.DESKTOP === 'electron'

/** The built desktop host with its window. */
export type Desktop = {
  page: Page
  home: string
  pid: number
  /** Resolves when the host has brought its window to the front once more. */
  focused(): Promise<void>
  /** Resolves with the next question of the host, which is answered so. */
  asked(answer: 'stay' | 'leave'): Promise<{ message: string }>
  /** Quits it as its menu does, where nobody waits for the end. */
  quitByMenu(): Promise<void>
  /** The exit code, once it has ended by itself. */
  ended(): Promise<number | null>
  /** Tells it that the machine goes to sleep. */
  suspend(): Promise<void>
  /** Asks it to end, as Ctrl-C does, and waits until it has. The exit code. */
  quit(): Promise<number | null>
}

const hostEnvironment = (home: string): Record<string, string> => {
  const { DATABASE_URL: _, NODE_OPTIONS: _options, ...inherited } = process.env
  const given = Object.entries(inherited).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...Object.fromEntries(given), VIRUJ_CONSOLE_OPTIONS: JSON.stringify(['--home', home]) }
}

const standIn = ['--import', './test/desktop/electron-stand-in/register.ts', 'out/main/desktop.js']

const ended = async (child: ChildProcess): Promise<number | null> => {
  if (child.exitCode === null) await once(child, 'exit')
  return child.exitCode
}

const quit = (child: ChildProcess): Promise<number | null> => {
  if (child.exitCode === null) child.kill('SIGINT')
  return ended(child)
}

/** Electron's own program, as its package names it. */
const electronProgram = (): string => String(createRequire(import.meta.url)('electron'))

/** Starts the desktop host once more on the same home folder, and waits until that one has ended. The exit code. */
export const startAgain = async ({ home }: Desktop): Promise<number | null> => {
  const [program, words] = isRealElectron ? [electronProgram(), ['.']] : [process.execPath, standIn]
  const child = spawn(program, words, { env: hostEnvironment(home), stdio: 'ignore' })
  await once(child, 'exit')
  return child.exitCode
}

const openElectron = async (home: string): Promise<Desktop> => {
  const app = await electron.launch({ args: ['.'], env: hostEnvironment(home) })
  const child = app.process()
  const page = await app.firstWindow()
  return {
    page,
    home,
    pid: child.pid ?? 0,
    focused: async () => {
      await app.evaluate(
        ({ app: host }) => new Promise<void>((resolve) => host.once('second-instance', () => resolve())),
      )
    },
    asked: (answer) =>
      app.evaluate(
        ({ dialog }, chosen) =>
          new Promise<{ message: string }>((resolve) => {
            dialog.showMessageBoxSync = (...words: unknown[]) => {
              resolve({ message: String((words.at(-1) as { message: string }).message) })
              return chosen === 'leave' ? 1 : 0
            }
          }),
        answer,
      ),
    quitByMenu: () => app.evaluate(({ app: host }) => void setImmediate(() => host.quit())),
    ended: () => ended(child),
    suspend: () => app.evaluate(({ powerMonitor }) => void powerMonitor.emit('suspend')),
    quit: () => quit(child),
  }
}

const openStandIn = async (home: string): Promise<Desktop> => {
  const child = spawn(process.execPath, standIn, {
    env: hostEnvironment(home),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  /** The next line of the stand-in that tells this. */
  const told = (what: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const start = `stand-in ${what} `
      lines.on('line', (line) => {
        if (line.startsWith(start)) resolve(JSON.parse(line.slice(start.length)))
      })
      child.once('exit', (code) => reject(new Error(`The desktop host ended with ${code}.`)))
    })
  const browser = await chromium.connectOverCDP(String(await told('debugger')))
  const page = browser.contexts()[0]?.pages()[0]
  if (page === undefined) throw new Error('The stand-in shows no page.')
  return {
    page,
    home,
    pid: child.pid ?? 0,
    focused: async () => void (await told('focus')),
    async asked(answer) {
      child.stdin.write(`${answer}\n`)
      return (await told('showMessageBoxSync')) as { message: string }
    },
    quitByMenu: async () => void child.stdin.write('quit\n'),
    ended: () => ended(child),
    suspend: async () => void child.kill('SIGUSR2'),
    quit: () => quit(child),
  }
}

/**
 * Starts the desktop host on a home folder and the sample servers of the run. Its window is there at once; this waits
 * until it lists the servers, too, which the run has to make first.
 */
export const openDesktop = async (home: string): Promise<Desktop> => {
  const desktop = await (isRealElectron ? openElectron(home) : openStandIn(home))
  // Whether its page may stay is answered by the host, not by what drives the page.
  desktop.page.on('dialog', () => undefined)
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
