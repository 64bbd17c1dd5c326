import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconKeyboard, IconMoon, IconSun } from '@tabler/icons-react'
import { useShell } from './shell-context.tsx'

/** The colour schemes in the order of the menu. */
export const colorSchemes = [
  { scheme: 'auto', title: 'Theme of the system', icon: IconDeviceDesktop },
  { scheme: 'light', title: 'Light theme', icon: IconSun },
  { scheme: 'dark', title: 'Dark theme', icon: IconMoon },
] as const satisfies { scheme: MantineColorScheme; [rest: string]: unknown }[]

/** Theme and keyboard help: what concerns the window, not the server. */
export const WindowButtons = () => {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const { openHelp } = useShell()
  const Icon = colorSchemes.find(({ scheme }) => scheme === colorScheme)?.icon ?? IconMoon
  return (
    <>
      <Menu position="top-start">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label="Theme" title="Theme">
            <Icon size={16} stroke={1.6} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {colorSchemes.map(({ scheme, title, icon: SchemeIcon }) => (
            <Menu.Item
              key={scheme}
              leftSection={<SchemeIcon size={16} stroke={1.6} />}
              aria-current={scheme === colorScheme ? 'true' : undefined}
              onClick={() => setColorScheme(scheme)}
            >
              {title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label="Keyboard help"
        title="Keyboard help (?)"
        onClick={openHelp}
      >
        <IconKeyboard size={16} stroke={1.6} />
      </ActionIcon>
    </>
  )
}
