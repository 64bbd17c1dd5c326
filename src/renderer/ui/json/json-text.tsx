import './json-text.css'
import { useMemo } from 'react'
import { jsonTokens, prettyTokens } from './json-tokens.ts'

/** A JSON value, indented and coloured, every digit as stored. Text that is no JSON is shown as it is. */
export const JsonText = ({ text, label }: { text: string; label: string }) => {
  const tokens = useMemo(() => {
    const found = jsonTokens(text)
    return found === null ? null : prettyTokens(found)
  }, [text])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it may scroll, and then the keyboard must reach it
    <section className="json-text data" tabIndex={0} aria-label={label}>
      {tokens === null
        ? text
        : tokens.map(({ kind, text: part }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a token has no identity but its place
            <span key={at} className={`json-${kind}`}>
              {part}
            </span>
          ))}
    </section>
  )
}
