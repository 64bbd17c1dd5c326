import {
  createTheme,
  isMantineColorScheme,
  type MantineColorScheme,
  type MantineColorSchemeManager,
} from '@mantine/core'
import { rpc } from './rpc.ts'

const key = 'theme'

/** Sizes and colours stand in tokens.css; here is only what Mantine asks for in code. */
export const theme = createTheme({
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs', variant: 'default' } },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', allowDeselect: false, checkIconPosition: 'right' } },
    MultiSelect: { defaultProps: { size: 'xs', checkIconPosition: 'right' } },
    Switch: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Radio: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: false, fz: 12 } },
    // The placeholder that would take the focus first is a child that no menu may have; the first item takes it instead.
    Menu: { defaultProps: { shadow: 'md', withinPortal: true, withInitialFocusPlaceholder: false } },
    // Locking the page's scroll would write a <style> that the content security policy refuses; the page never scrolls.
    ModalRoot: { defaultProps: { lockScroll: false, yOffset: '8vh', transitionProps: { duration: 80 } } },
    Modal: {
      defaultProps: { lockScroll: false, centered: false, yOffset: '8vh', transitionProps: { duration: 80 } },
    },
  },
})

/** The scheme that was chosen last; what the system says when none was, or when it cannot be read in a second. */
export const loadColorScheme = async (): Promise<MantineColorScheme> => {
  try {
    const saved = await rpc.preferences.get.query({ key }, { signal: AbortSignal.timeout(1000) })
    return isMantineColorScheme(saved) ? saved : 'auto'
  } catch {
    return 'auto'
  }
}

/** Keeps the scheme in the console's preferences: a browser's own storage is lost with the next port. */
export const colorSchemeManager = (initial: MantineColorScheme): MantineColorSchemeManager => {
  let current = initial
  return {
    get: () => current,
    set: (value) => {
      current = value
      // A theme that cannot be kept is still shown; the next start falls back to the one before.
      rpc.preferences.set.mutate({ key, value }).catch(() => undefined)
    },
    subscribe: () => undefined,
    unsubscribe: () => undefined,
    clear: () => undefined,
  }
}
