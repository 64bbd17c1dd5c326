import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { CodeView } from '../../ui/code/code-view.tsx'

const copy = (ddl: string): void => {
  navigator.clipboard.writeText(ddl).then(
    () => notifications.show({ message: 'The DDL is on the clipboard.' }),
    () =>
      notifications.show({
        color: 'red',
        title: 'Nothing was copied',
        message: 'The clipboard refused it. Select the text and press Ctrl+C.',
      }),
  )
}

/** The object as SQL, to read, to search and to copy. */
export const Ddl = ({ ddl }: { ddl: string }) => (
  <div className="object-ddl">
    <div className="object-ddl-head">
      <Button onClick={() => copy(ddl)}>Copy</Button>
    </div>
    <CodeView language="pgsql" label="DDL" text={ddl} />
  </div>
)
