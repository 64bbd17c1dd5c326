import type { ReactNode } from 'react'

type EmptyStateProps = {
  title: string
  /** Why there is nothing, and what would change that. */
  children?: ReactNode
  action?: ReactNode
}

/** Says calmly that there is nothing to show. */
export const EmptyState = ({ title, children, action }: EmptyStateProps) => (
  <div className="state" role="status">
    <p className="state-title">{title}</p>
    {children !== undefined && <p className="state-text">{children}</p>}
    {action}
  </div>
)
