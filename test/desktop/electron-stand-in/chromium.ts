import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Frame, type Page, type Route } from '@playwright/test'
import { browserProgram } from '../../browser.ts'
import { decode, encode, pageCodec } from './clone.ts'

/** Chromium knows no `app:` scheme: the page's files are served to it under this origin, without a network. */
const shownOrigin = 'https://console.test'
const appOrigin = 'app://console'
const toApp = (url: string): string => url.replace(shownOrigin, appOrigin)

/** What a host sees of a frame. */
export type SeenFrame = { readonly origin: string; readonly url: string }

export type PageHooks = {
  preload: string
  /** Null: nothing serves that scheme. */
  scheme(request: Request): Promise<Response | null>
  willNavigate(url: string, isMainFrame: boolean): boolean
  /** A page wants to stay. True: it has to go. */
  willPreventUnload(): boolean
  didStartNavigation(details: { isMainFrame: boolean; isSameDocument: boolean }): void
  windowOpen(url: string): boolean
  invoke(channel: string, message: unknown, sender: SeenFrame): Promise<unknown>
  closed(): void
}

export type ShownPage = {
  mainFrame: SeenFrame
  debugger: string
  load(url: string): Promise<void>
  /** Whether it closed: the page may stay. */
  close(): Promise<boolean>
}

/** The preload script in its sandbox: `require` knows `electron`, and of that the two parts a preload script may use. */
const preloadScript = (source: string): string => `
(() => {
  ${pageCodec}
  const ipcRenderer = {
    invoke: async (channel, message) => {
      const answer = await window.__invoke(channel, encode(structuredClone(message)))
      if (answer.error !== undefined) throw new Error(answer.error)
      return decode(answer.value)
    },
  }
  // Every frame could try to reach the channel; only the top one is given the preload script.
  Object.defineProperty(window, '__ipcRenderer', { value: ipcRenderer })
  if (window !== window.top) return
  const contextBridge = {
    exposeInMainWorld: (name, api) => Object.defineProperty(window, name, { value: Object.freeze({ ...api }) }),
  }
  const require = (name) => {
    if (name === 'electron') return { contextBridge, ipcRenderer }
    throw new Error('module not found: ' + name)
  }
  const module = { exports: {} }
  const exports = module.exports
  ${source}
})()`

/** An `about:` frame has the origin of the page that made it, as in Electron. */
const originOf = (frame: Frame): string => {
  const url = frame.url()
  const parent = frame.parentFrame()
  if (url.startsWith('about:') && parent !== null) return originOf(parent)
  return toApp(URL.parse(url)?.origin ?? 'null')
}

const seenFrames = (): ((frame: Frame) => SeenFrame) => {
  const seen = new WeakMap<Frame, SeenFrame>()
  return (frame) => {
    const known = seen.get(frame) ?? {
      get origin() {
        return originOf(frame)
      },
      get url() {
        return toApp(frame.url())
      },
    }
    seen.set(frame, known)
    return known
  }
}

/** Shows a page the way a BrowserWindow does, and tells the host of what the page tries. */
export const createPage = async (hooks: PageHooks): Promise<ShownPage> => {
  const profile = mkdtempSync(join(tmpdir(), 'console-window-'))
  process.once('exit', () => rmSync(profile, { recursive: true, force: true }))
  const context = await chromium.launchPersistentContext(profile, {
    ...(browserProgram === undefined ? {} : { executablePath: browserProgram }),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-background-networking',
      '--disable-quic',
      '--remote-debugging-port=0',
    ],
    viewport: { width: 1440, height: 900 },
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  })
  const [port] = readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n')
  const page = context.pages()[0] ?? (await context.newPage())
  const frames = seenFrames()

  await context.exposeBinding('__invoke', async ({ frame }, channel: string, message: string) => {
    try {
      return { value: encode(await hooks.invoke(channel, decode(message), frames(frame))) }
    } catch (error) {
      return { error: `Error invoking remote method '${channel}': ${String(error)}` }
    }
  })
  await context.addInitScript(preloadScript(readFileSync(hooks.preload, 'utf8')))
  const shown = { loading: false }
  // A window that should not have opened gets nothing.
  await context.route('**/*', (route) => route.abort())
  await page.route('**/*', (route) => answer(route, page, hooks, shown))
  await denyPopups(page, hooks)
  let closing = Promise.withResolvers<boolean>()
  page.on('dialog', (asked) => {
    const mayGo = asked.type() === 'beforeunload' ? hooks.willPreventUnload() : false
    void (mayGo ? asked.accept() : asked.dismiss())
    if (!mayGo) closing.resolve(false)
  })
  page.on('close', () => {
    hooks.closed()
    closing.resolve(true)
  })

  return {
    mainFrame: frames(page.mainFrame()),
    debugger: `http://127.0.0.1:${port}`,
    async load(url) {
      shown.loading = true
      await page.goto(url.replace(appOrigin, shownOrigin))
    },
    async close() {
      closing = Promise.withResolvers()
      await page.close({ runBeforeUnload: true })
      return closing.promise
    },
  }
}

const answer = async (
  route: Route,
  page: Page,
  hooks: PageHooks,
  shown: { loading: boolean },
): Promise<void> => {
  const request = route.request()
  const url = toApp(request.url())
  if (request.isNavigationRequest()) {
    const isMainFrame = request.frame() === page.mainFrame()
    // What the host itself loads is not asked about.
    if (!shown.loading && !hooks.willNavigate(url, isMainFrame)) return route.abort('aborted')
    shown.loading = false
    hooks.didStartNavigation({ isMainFrame, isSameDocument: false })
  }
  const response = await hooks.scheme(new Request(url, { method: request.method() }))
  if (response === null) return route.abort()
  await route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  })
}

const denyPopups = async (page: Page, hooks: PageHooks): Promise<void> => {
  const inspector = await page.context().newCDPSession(page)
  await inspector.send('Page.enable')
  inspector.on('Page.windowOpen', ({ url }) => {
    if (hooks.windowOpen(url)) throw new Error('The stand-in has no second window.')
  })
  page.context().on('page', (popup) => void popup.close())
}
