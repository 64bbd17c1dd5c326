import { app, type Session } from 'electron'
import { openExternal } from './external-links.ts'
import { consoleOrigin } from './sender.ts'

/** "Copy" writes text to the clipboard, and alerts are notifications. Nothing of the console needs the clipboard's content, the camera or a device. */
const isNeeded = (permission: string): boolean =>
  permission === 'clipboard-sanitized-write' || permission === 'notifications'

export const setupPermissions = (session: Session): void => {
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(isNeeded(permission)))
  session.setPermissionCheckHandler((_contents, permission) => isNeeded(permission))
  session.setDevicePermissionHandler(() => false)
}

/** Whatever contents are ever made: they stay on the console's own page, open no window and embed nothing. */
export const setupNavigation = (): void => {
  app.on('web-contents-created', (_, contents) => {
    contents.on('will-navigate', (event) => {
      if (!event.url.startsWith(`${consoleOrigin}/`)) event.preventDefault()
    })
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame) event.preventDefault()
    })
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      openExternal(url)
      return { action: 'deny' }
    })
  })
}
