import { Children, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'

const topOf = (element: Element | null | undefined): number => element?.getBoundingClientRect().top ?? 0

/** Items that stand below the first line. */
const belowFirst = (line: Element | null): number =>
  [...(line?.children ?? [])].filter((item) => topOf(item) > topOf(line?.firstElementChild) + 4).length

type OneLineProps = {
  children: ReactNode
  /** What stands behind the line, however little room there is. */
  end?: ReactNode
  /** Shows all lines: something opens from a chip, wherever that stands. */
  whole?: boolean
}

/** Chips beside each other on one line. What does not fit is one click away, or one step of the keyboard. */
export const OneLine = ({ children, end, whole = false }: OneLineProps) => {
  const line = useRef<HTMLDivElement>(null)
  const [isOpen, setOpen] = useState(false)
  const [left, setLeft] = useState(0)
  // Another word in a chip changes its width as the window's changes the line's.
  useLayoutEffect(() => setLeft(belowFirst(line.current)))
  useEffect(() => {
    if (line.current === null) return
    const observer = new ResizeObserver(() => setLeft(belowFirst(line.current)))
    observer.observe(line.current)
    return () => observer.disconnect()
  }, [])
  return (
    <div className="one-line">
      <div ref={line} className="one-line-items" data-open={isOpen || whole || undefined}>
        {Children.map(children, (child) =>
          child === false || child === null ? null : (
            // biome-ignore lint/a11y/noStaticElementInteractions: it follows the focus, which nothing unseen may have
            <span
              onFocus={({ currentTarget }) => {
                if (topOf(currentTarget) > topOf(line.current?.firstElementChild) + 4) setOpen(true)
              }}
            >
              {child}
            </span>
          ),
        )}
      </div>
      {left > 0 && (
        <button type="button" className="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'less' : `${left} more`}
        </button>
      )}
      {end}
    </div>
  )
}
