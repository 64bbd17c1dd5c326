import './code-view.css'
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'

type CodeViewProps = {
  text: string
  language: 'json' | 'pgsql' | 'xml'
  /** Read out as the name of the editor. */
  label: string
}

/** Text with its syntax in colour, searchable and foldable. Plain until the editor, a chunk of its own, is there. */
export const CodeView = ({ text, language, label }: CodeViewProps) => {
  const element = useRef<HTMLDivElement>(null)
  const scheme = useComputedColorScheme('dark')
  const [editor, setEditor] = useState<{ setTheme(isDark: boolean): void } | null>(null)

  useEffect(() => {
    let isGone = false
    let dispose = () => {
      isGone = true
    }
    const show = async () => {
      const { showCode } = await import('./monaco.ts')
      if (isGone || element.current === null) return
      const shown = showCode(element.current, text, language, label)
      dispose = shown.dispose
      setEditor(shown)
    }
    // Without its chunk the text stands there plain, which is all that is lost.
    show().catch(() => undefined)
    return () => {
      dispose()
      setEditor(null)
    }
  }, [text, language, label])

  useEffect(() => editor?.setTheme(scheme === 'dark'), [editor, scheme])

  return (
    <div className="code-view">
      <div ref={element} className="code-view-editor" />
      {editor === null && <pre className="code-view-plain">{text.slice(0, 20_000)}</pre>}
    </div>
  )
}
