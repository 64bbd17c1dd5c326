import { Outlet, useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import { unfinishedUploads } from '../features/documents/upload-states.ts'
import { EndUploads } from './end-uploads.tsx'
import { takesLetters } from './keyboard.ts'
import { KeyboardHelp } from './keyboard-help.tsx'
import { Palette } from './palette.tsx'
import { screenCommands } from './screen-commands.ts'
import { screens } from './screens.ts'
import { ShellContext } from './shell-context.tsx'

type Overlay = 'palette' | 'help' | null

/** The window: whatever screen is open, the palette, the help and the keys that work everywhere. */
export const RootLayout = () => {
  const [overlay, setOverlay] = useState<Overlay>(null)
  const { sessionId } = useParams({ strict: false })
  const navigate = useNavigate()
  const afterG = useRef(false)
  const [ending, setEnding] = useState<{ uploads: number; answer: (mayEnd: boolean) => void } | null>(null)
  const shell = useMemo(
    () => ({
      openPalette: () => setOverlay('palette'),
      openHelp: () => setOverlay('help'),
      askToEnd: (ended: string) =>
        new Promise<boolean>((answer) => {
          const uploads = unfinishedUploads(ended)
          if (uploads === 0) answer(true)
          else setEnding({ uploads, answer })
        }),
    }),
    [],
  )
  const end = (mayEnd: boolean) => {
    ending?.answer(mayEnd)
    setEnding(null)
  }

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        return setOverlay((open) => (open === 'palette' ? null : 'palette'))
      }
      const isLetter = !(event.ctrlKey || event.metaKey || event.altKey || takesLetters(event.target))
      const went = afterG.current
      afterG.current = isLetter && event.key === 'g'
      if (!isLetter || document.querySelector('[role="dialog"]') !== null) return
      if (event.key === '?') return setOverlay('help')
      if (!went)
        return screenCommands()
          .find(({ keys }) => keys === event.key)
          ?.run()
      if (event.key === 'c') return void navigate({ to: '/' })
      const screen = screens.find(({ letter }) => letter === event.key)
      if (screen !== undefined && sessionId !== undefined)
        void navigate({ to: screen.to, params: { sessionId } })
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [navigate, sessionId])

  return (
    <ShellContext value={shell}>
      <Outlet />
      <Palette opened={overlay === 'palette'} onClose={() => setOverlay(null)} openHelp={shell.openHelp} />
      <KeyboardHelp opened={overlay === 'help'} onClose={() => setOverlay(null)} />
      {ending !== null && (
        <EndUploads uploads={ending.uploads} onEnd={() => end(true)} onStay={() => end(false)} />
      )}
    </ShellContext>
  )
}
