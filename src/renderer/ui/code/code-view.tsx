import './code-view.css'
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { CodeLanguage, CodeMark, ShownCode } from './monaco.ts'

type CodeViewProps = {
  text: string
  language: CodeLanguage
  /** Read out as the name of the editor. */
  label: string
  /** Lines that something is said of elsewhere on the screen. */
  marks?: readonly CodeMark[]
  /** Line to bring into view; a new object does so again. */
  reveal?: { line: number } | null
}

const noMarks: readonly CodeMark[] = []

/** Text with its syntax in colour, searchable and foldable. Plain until the editor, a chunk of its own, is there. */
export const CodeView = ({ text, language, label, marks = noMarks, reveal = null }: CodeViewProps) => {
  const element = useRef<HTMLDivElement>(null)
  const scheme = useComputedColorScheme('dark')
  const [editor, setEditor] = useState<ShownCode | null>(null)

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
  useEffect(() => {
    editor?.setMarks(marks)
  }, [editor, marks])
  useEffect(() => {
    if (reveal !== null) editor?.reveal(reveal.line)
  }, [editor, reveal])

  return (
    <div className="code-view">
      <div ref={element} className="code-view-editor" />
      {editor === null && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls has to be reached by keys
        <pre className="code-view-plain" tabIndex={0}>
          {text.slice(0, 20_000)}
        </pre>
      )}
    </div>
  )
}
