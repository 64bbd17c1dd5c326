import { notifications } from '@mantine/notifications'
import type { RelationDescription } from '../../../shared/rows.ts'
import { asConsoleError } from '../../app/console-error.ts'
import type { CopyFormat } from '../../ui/grid/copy-rows.ts'
import { copyableText } from '../../ui/grid/copy-selection.ts'
import type { GridRange } from '../../ui/grid/grid-cursor.ts'
import type { RowSource } from '../../ui/grid/row-source.ts'
import type { GridColumns } from '../../ui/grid/use-grid-columns.ts'

/** Puts a selection on the clipboard and says what became of it. */
export const useCopySelection =
  (sessionId: string, description: RelationDescription, rows: RowSource, columns: GridColumns) =>
  (range: GridRange, format: CopyFormat): void => {
    const copy = async () => {
      const { text, rows: count } = await copyableText(
        { sessionId, description, rows, visible: columns.visible, range },
        format,
        AbortSignal.timeout(60_000),
      )
      await navigator.clipboard.writeText(text)
      notifications.show({
        message: `Copied ${count.toLocaleString('en')} ${count === 1 ? 'row' : 'rows'} as ${format}.`,
      })
    }
    copy().catch((error: unknown) => {
      const { message, remedy } = asConsoleError(error)
      notifications.show({ color: 'red', title: 'Nothing was copied', message: `${message} ${remedy}` })
    })
  }
