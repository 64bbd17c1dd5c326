import { fileURLToPath } from 'node:url'
import { app, BrowserWindow, dialog, nativeTheme } from 'electron'
import { consoleOrigin } from './sender.ts'

/** The console's window, not shown before it has something to show. Every preference is spelled out, defaults too. */
export const createWindow = (): BrowserWindow => {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 900,
    minHeight: 600,
    show: false,
    title: 'Viruj Console',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0f1115' : '#ffffff',
    webPreferences: {
      preload: fileURLToPath(new URL('../preload/index.cjs', import.meta.url)),
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
      disableBlinkFeatures: 'Auxclick',
      safeDialogs: true,
      spellcheck: false,
      devTools: process.env.VIRUJ_CONSOLE_DEVTOOLS === '1',
    },
  })
  window.once('ready-to-show', () => window.show())
  return window
}

/** A page whose uploads run keeps its window open, and with it the program, without a word of Electron's own: the person decides. */
export const setupLeaving = (window: BrowserWindow): void => {
  let isSomebodyThere = true
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      isSomebodyThere = false
      app.quit()
    })
  }
  window.webContents.on('will-prevent-unload', (event) => {
    if (!isSomebodyThere) return event.preventDefault()
    const chosen = dialog.showMessageBoxSync(window, {
      type: 'question',
      message: 'Uploads are on the way.',
      detail:
        'They stop where they are. What was begun stays pending, and is resumed from the list of documents with its file.',
      buttons: ['Stay', 'Leave'],
      defaultId: 0,
      cancelId: 0,
    })
    // Of the page's refusal, not of leaving.
    if (chosen === 1) event.preventDefault()
  })
}

export const loadPage = (window: BrowserWindow): Promise<void> => window.loadURL(`${consoleOrigin}/`)
