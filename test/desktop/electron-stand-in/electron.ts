/**
 * A stand-in for `electron` that drives Chromium. It knows what src/main/desktop uses and behaves there as Electron's
 * documentation says; anything else is missing on purpose, so that a new use fails until it is thought about here.
 */
import { EventEmitter } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createPage, type SeenFrame, type ShownPage } from './chromium.ts'
import { clone } from './clone.ts'

type Listener = (event: unknown, ...values: unknown[]) => unknown

const cancellable = <Details extends object>(details: Details) => {
  const event = {
    ...details,
    defaultPrevented: false,
    preventDefault() {
      event.defaultPrevented = true
    },
  }
  return event
}

class App extends EventEmitter {
  #paths = new Map<string, string>()
  #windows = new Set<BrowserWindow>()
  #isQuitting = false

  setPath = (name: string, path: string) => void this.#paths.set(name, path)

  /** One process per `userData` has the lock; the others tell it that they were there. */
  requestSingleInstanceLock(): boolean {
    const folder = this.#paths.get('userData')
    if (folder === undefined)
      throw new Error('Without userData of its own, a console would share the lock of all.')
    mkdirSync(folder, { recursive: true })
    const lock = join(folder, 'stand-in.lock')
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
    } catch {
      process.kill(Number(readFileSync(lock, 'utf8')), 'SIGUSR1')
      return false
    }
    process.on('SIGUSR1', () => this.emit('second-instance'))
    process.once('exit', () => rmSync(lock))
    return true
  }

  whenReady = () => Promise.resolve()

  /** Windows go first, and one that stays keeps the program; each step may be prevented. */
  async quit(): Promise<void> {
    const before = cancellable({})
    this.emit('before-quit', before)
    if (before.defaultPrevented) return
    this.#isQuitting = true
    const stays = async () => {
      for (const window of this.#windows) if (!(await window.close())) return true
      const event = cancellable({})
      this.emit('will-quit', event)
      return event.defaultPrevented
    }
    if (await stays()) this.#isQuitting = false
    else process.exit(0)
  }

  opened(window: BrowserWindow): void {
    this.#windows.add(window)
  }

  closed(window: BrowserWindow): void {
    this.#windows.delete(window)
    if (this.#windows.size === 0 && !this.#isQuitting) this.emit('window-all-closed')
  }
}

export const app = new App()
export const powerMonitor = new EventEmitter()
process.on('SIGUSR2', () => powerMonitor.emit('suspend'))
/** What a person does with the program, told by the tests. */
let nextAnswer: 'stay' | 'leave' = 'leave'
createInterface({ input: process.stdin }).on('line', (told) => {
  if (told === 'quit') void app.quit()
  else if (told === 'stay' || told === 'leave') nextAnswer = told
})
export const nativeTheme = { shouldUseDarkColors: false }
export const Menu = {
  buildFromTemplate: (template: unknown[]) => template,
  setApplicationMenu: () => undefined,
}
/** What the host would have shown or opened, for the tests to read in the process's output. */
const tell = (what: string, value: unknown) => console.log(`stand-in ${what} ${JSON.stringify(value)}`)
export const shell = { openExternal: async (url: string) => tell('openExternal', url) }
export const dialog = {
  showErrorBox: (title: string, content: string) => tell('showErrorBox', { title, content }),
  showMessageBoxSync: (
    _window: unknown,
    options: { message: string; buttons: string[]; cancelId: number },
  ) => {
    tell('showMessageBoxSync', options)
    return options.buttons.findIndex((_, at) => (at === options.cancelId) === (nextAnswer === 'stay'))
  },
}

const schemes: { scheme: string }[] = []
export const protocol = {
  registerSchemesAsPrivileged: (registered: { scheme: string }[]) => void schemes.push(...registered),
}

type SchemeHandler = (request: Request) => Promise<Response>
const handlers = new Map<string, SchemeHandler>()
const permissions: { check: (() => boolean) | null; request: Listener | null } = {
  check: null,
  request: null,
}
export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: Listener) => {
      permissions.request = handler
    },
    setPermissionCheckHandler: (handler: () => boolean) => {
      permissions.check = handler
    },
    setDevicePermissionHandler: () => undefined,
    protocol: {
      handle(scheme: string, handler: SchemeHandler) {
        if (!schemes.some((known) => known.scheme === scheme)) throw new Error(`${scheme} is not registered.`)
        handlers.set(scheme, handler)
      },
    },
  },
}

const invokable = new Map<string, Listener>()
export const ipcMain = {
  handle(channel: string, handler: Listener) {
    if (invokable.has(channel)) throw new Error(`A second handler for "${channel}".`)
    invokable.set(channel, handler)
  },
  removeHandler: (channel: string) => void invokable.delete(channel),
}

/** The preferences that keep a page away from Node; a host that leaves one out or opens it does not start. */
const requiredPreferences = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
} as const

class WebContents extends EventEmitter {
  mainFrame: SeenFrame | null = null
  windowOpen: (details: { url: string }) => { action: string } = () => ({ action: 'allow' })
  setWindowOpenHandler(handler: WebContents['windowOpen']): void {
    this.windowOpen = handler
  }
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents()
  readonly #preload: string
  #page: ShownPage | null = null

  constructor(options: { webPreferences: Record<string, unknown> & { preload: string } }) {
    super()
    for (const [name, value] of Object.entries(requiredPreferences)) {
      if (options.webPreferences[name] !== value) throw new Error(`webPreferences.${name} must be ${value}.`)
    }
    this.#preload = options.webPreferences.preload
    app.opened(this)
    app.emit('web-contents-created', {}, this.webContents)
  }

  show(): void {
    tell('debugger', this.#page?.debugger)
  }
  isMinimized = () => false
  restore = () => undefined
  focus = () => tell('focus', null)

  /** Whether it closed: its page may stay. */
  close = async (): Promise<boolean> => (await this.#page?.close()) ?? true

  async loadURL(url: string): Promise<void> {
    const contents = this.webContents
    const isAllowed = permissions.check === null || permissions.check()
    if (isAllowed || permissions.request === null) throw new Error('Permissions must be denied by default.')
    this.#page = await createPage({
      preload: this.#preload,
      scheme: (request) => {
        const handler = handlers.get(new URL(request.url).protocol.slice(0, -1))
        return handler === undefined ? Promise.resolve(null) : handler(request)
      },
      willNavigate: (target, isMainFrame) => {
        const event = cancellable({ url: target, isMainFrame })
        if (isMainFrame) contents.emit('will-navigate', event)
        contents.emit('will-frame-navigate', event)
        return !event.defaultPrevented
      },
      willPreventUnload: () => {
        const event = cancellable({})
        contents.emit('will-prevent-unload', event)
        return event.defaultPrevented
      },
      didStartNavigation: (details) => contents.emit('did-start-navigation', details),
      windowOpen: (target) => contents.windowOpen({ url: target }).action === 'allow',
      invoke: async (channel, message, senderFrame) => {
        const handler = invokable.get(channel)
        if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
        const event = { sender: contents, senderFrame }
        return clone(await handler(event, clone(message)))
      },
      closed: () => {
        this.emit('closed')
        app.closed(this)
      },
    })
    contents.mainFrame = this.#page.mainFrame
    await this.#page.load(url)
    this.emit('ready-to-show')
  }
}
