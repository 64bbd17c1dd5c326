import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'

type CopyButtonProps = {
  text: string
  /** `The DDL`, as the message names it. */
  what: string
  children?: string
}

const copy = (text: string, what: string): void => {
  navigator.clipboard.writeText(text).then(
    () => notifications.show({ message: `${what} is on the clipboard.` }),
    () =>
      notifications.show({
        color: 'red',
        title: 'Nothing was copied',
        message: 'The clipboard refused it. Select the text and press Ctrl+C.',
      }),
  )
}

/** Puts a text on the clipboard, and says so. */
export const CopyButton = ({ text, what, children = 'Copy' }: CopyButtonProps) => (
  <Button onClick={() => copy(text, what)}>{children}</Button>
)
