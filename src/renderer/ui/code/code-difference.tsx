import './code-view.css'
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { CodeLanguage, ShownCode } from './monaco.ts'

type CodeDifferenceProps = { before: string; after: string; language: CodeLanguage; label: string }

/** Two versions of a text with what differs in colour. */
export const CodeDifference = ({ before, after, language, label }: CodeDifferenceProps) => {
  const element = useRef<HTMLDivElement>(null)
  const scheme = useComputedColorScheme('dark')
  const [editor, setEditor] = useState<Pick<ShownCode, 'setTheme'> | null>(null)

  useEffect(() => {
    let isGone = false
    let dispose = () => {
      isGone = true
    }
    const show = async () => {
      const { showDifference } = await import('./monaco.ts')
      if (isGone || element.current === null) return
      const shown = showDifference(element.current, before, after, language, label)
      dispose = shown.dispose
      setEditor(shown)
    }
    // Without its chunk the new text stands there plain.
    show().catch(() => undefined)
    return () => {
      dispose()
      setEditor(null)
    }
  }, [before, after, language, label])

  useEffect(() => editor?.setTheme(scheme === 'dark'), [editor, scheme])

  return (
    <div className="code-view">
      <div ref={element} className="code-view-editor" />
      {editor === null && <pre className="code-view-plain">{after.slice(0, 20_000)}</pre>}
    </div>
  )
}
