import type { ReactNode } from 'react'

type ToolBarProps = {
  /** What the bar is for, for those who do not see it. */
  label: string
  children: ReactNode
  /** Facts and switches at the right. */
  end?: ReactNode
}

/** The 40 px line of filters above a table. */
export const ToolBar = ({ label, children, end }: ToolBarProps) => (
  <div className="tool-bar" role="toolbar" aria-label={label}>
    {children}
    {end !== undefined && <div className="tool-bar-end">{end}</div>}
  </div>
)
