import type { ReactNode } from 'react'

type PageHeadProps = {
  title: ReactNode
  /** Facts beside the title, dimmed: `public · ~48,210 rows · 41 MB`. */
  facts?: ReactNode
  /** Buttons at the right. */
  children?: ReactNode
}

/** The 48 px line that names what the screen shows. */
export const PageHead = ({ title, facts, children }: PageHeadProps) => (
  <div className="page-head">
    <h1 className="page-head-title">{title}</h1>
    {facts !== undefined && <div className="page-head-facts">{facts}</div>}
    <div className="page-head-actions">{children}</div>
  </div>
)
