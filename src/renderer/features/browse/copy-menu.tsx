import { Button, Menu } from '@mantine/core'
import { type CopyFormat, copyFormats } from '../../ui/grid/copy-rows.ts'

type CopyMenuProps = { onCopy: (format: CopyFormat) => void; disabled: boolean }

/** The selection to the clipboard in a chosen format. */
export const CopyMenu = ({ onCopy, disabled }: CopyMenuProps) => (
  <Menu position="bottom-end" width={170}>
    <Menu.Target>
      <Button disabled={disabled}>Copy</Button>
    </Menu.Target>
    <Menu.Dropdown>
      {copyFormats.map((format) => (
        <Menu.Item
          key={format}
          onClick={() => onCopy(format)}
          rightSection={format === 'TSV' ? 'Ctrl+C' : undefined}
        >
          as {format}
        </Menu.Item>
      ))}
    </Menu.Dropdown>
  </Menu>
)
