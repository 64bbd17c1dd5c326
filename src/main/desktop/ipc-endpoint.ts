import { type BrowserWindow, ipcMain } from 'electron'
import { ipcChannel } from '../../shared/ipc-channel.ts'
import type { HostContext } from '../api/trpc.ts'
import { createIpcAnswers } from './answer.ts'
import { checkSender } from './sender.ts'

/** The only way in from the page. Rejects, before it reads the message, what the console's page did not send. */
export const setupIpcEndpoint = (window: BrowserWindow, context: Promise<HostContext>): void => {
  const answers = createIpcAnswers(context)
  ipcMain.handle(ipcChannel, (event, message: unknown) => {
    checkSender(event.senderFrame, window.webContents)
    return answers.answer(message)
  })
  window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) answers.abortAll()
  })
  window.webContents.on('render-process-gone', () => answers.abortAll())
  window.once('closed', () => {
    answers.abortAll()
    ipcMain.removeHandler(ipcChannel)
  })
}
