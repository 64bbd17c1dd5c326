import type { WebContents, WebFrameMain } from 'electron'
import { ConsoleError } from '../../shared/errors.ts'

/** The page's own origin. `file:` would give it the rights of every file on this machine. */
export const consoleOrigin = 'app://console'

/**
 * Only the top frame of the console's window, while it shows the console's own page, may ask for anything.
 * @throws ConsoleError `FORBIDDEN`
 */
export const checkSender = (senderFrame: WebFrameMain | null, contents: WebContents): void => {
  if (senderFrame !== null && senderFrame === contents.mainFrame && senderFrame.origin === consoleOrigin)
    return
  throw new ConsoleError(
    'FORBIDDEN',
    `A message of ${senderFrame?.origin ?? 'a frame that is gone'} was refused.`,
    'Close the window and start the console again.',
  )
}
