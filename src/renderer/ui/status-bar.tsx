import type { ReactNode } from 'react'

type StatusBarProps = { children: ReactNode; end?: ReactNode }

/** The 26 px line below a screen: what was read, how long it took, and at the right how values are shown. */
export const StatusBar = ({ children, end }: StatusBarProps) => (
  <footer className="status-bar">
    <div className="status-bar-start">{children}</div>
    {end !== undefined && <div>{end}</div>}
  </footer>
)
