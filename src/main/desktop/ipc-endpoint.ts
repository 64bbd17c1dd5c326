import { type BrowserWindow, type IpcMainInvokeEvent, ipcMain } from 'electron'
import { ConsoleError } from '../../shared/errors.ts'
import { ipcChannel } from '../../shared/ipc-channel.ts'
import type { HostContext } from '../api/trpc.ts'
import { createIpcAnswers } from './answer.ts'
import { consoleOrigin } from './scheme.ts'

/** Only the top frame of this window, while it shows the console's own page, may ask for anything. */
const checkSender = ({ sender, senderFrame }: IpcMainInvokeEvent, window: BrowserWindow): void => {
  const isOurs =
    sender === window.webContents &&
    senderFrame !== null &&
    senderFrame === sender.mainFrame &&
    senderFrame.origin === consoleOrigin
  if (isOurs) return
  throw new ConsoleError(
    'FORBIDDEN',
    `A message of ${senderFrame?.origin ?? 'a frame that is gone'} was refused.`,
    'Close the window and start the console again.',
  )
}

/** The only way in from the page. Rejects, before it reads the message, what the console's page did not send. */
export const setupIpcEndpoint = (window: BrowserWindow, context: Promise<HostContext>): void => {
  const answers = createIpcAnswers(context)
  ipcMain.handle(ipcChannel, (event, message: unknown) => {
    checkSender(event, window)
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
