import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, type BrowserWindow, dialog, powerMonitor, session } from 'electron'
import { toErrorShape } from '../../shared/errors.ts'
import { type Console, openConsole } from '../api/console.ts'
import { listRendererFiles } from '../api/renderer-files.ts'
import { parseStartOptions, type StartOptions } from '../api/start-options.ts'
import { setupIpcEndpoint } from './ipc-endpoint.ts'
import { setupNavigation, setupPermissions } from './lock-down.ts'
import { setupMenu } from './menu.ts'
import { setupPage, setupScheme } from './scheme.ts'
import { createWindow, loadPage, setupLeaving } from './window.ts'

/** One console per home folder: a second one brings the first to the front and ends. */
const setupSingleInstance = (home: string): boolean => {
  app.setPath('userData', join(home, 'window'))
  return app.requestSingleInstanceLock()
}

const setupFocus = (window: BrowserWindow): void => {
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore()
    window.focus()
  })
}

/** Sessions do not survive a sleep: their sockets would be dead, their transactions forgotten. */
const setupSleep = (opened: Console): void => {
  powerMonitor.on('suspend', () => void opened.context.sessions.closeAll('sleep'))
}

/** The window is the program: once it is closed, and its page was asked, sessions and sample servers are closed in order. */
const setupQuit = (console_: Promise<Console>, opening: AbortController): void => {
  let closed = false
  app.on('window-all-closed', () => app.quit())
  app.on('will-quit', (event) => {
    if (closed) return
    event.preventDefault()
    opening.abort()
    void console_
      .then((opened) => opened.close())
      .catch(() => undefined)
      .finally(() => {
        closed = true
        app.quit()
      })
  })
}

const showFailure = (error: unknown): void => {
  const { message, remedy } = toErrorShape(error)
  dialog.showErrorBox(message, remedy)
}

const start = async (options: StartOptions, opening: AbortController): Promise<void> => {
  setupScheme()
  await app.whenReady()
  const console_ = openConsole({
    ...options,
    environment: process.env,
    onProgress: () => undefined,
    onSandboxFailed: showFailure,
    signal: opening.signal,
  })
  setupQuit(console_, opening)
  setupMenu()
  setupNavigation()
  setupPermissions(session.defaultSession)
  setupPage(session.defaultSession, listRendererFiles(fileURLToPath(new URL('../renderer', import.meta.url))))
  const window = createWindow()
  setupFocus(window)
  setupLeaving(window)
  setupIpcEndpoint(
    window,
    console_.then(({ context }) => context),
  )
  await loadPage(window)
  setupSleep(await console_)
}

const options = parseStartOptions(JSON.parse(process.env.VIRUJ_CONSOLE_OPTIONS ?? '[]'))
if (setupSingleInstance(options.home)) {
  const opening = new AbortController()
  start(options, opening).catch((error: unknown) => {
    // Who quits before it is open wants to hear of nothing more.
    if (!opening.signal.aborted) showFailure(error)
    app.quit()
  })
} else app.quit()
