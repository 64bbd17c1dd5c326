import { notifications } from '@mantine/notifications'
import { asConsoleError } from './console-error.ts'

/** Says in a corner that an action failed, with its remedy. It stays until it is closed. */
export const notifyFailure = (error: unknown): void => {
  const { code, message, remedy } = asConsoleError(error)
  if (code === 'CANCELLED') return
  notifications.show({
    id: `${code} ${message}`,
    title: message,
    message: remedy,
    color: 'red',
    autoClose: false,
  })
}

/** Says in a corner that something was done. */
export const notifyDone = (message: string): void => {
  notifications.show({ message })
}
