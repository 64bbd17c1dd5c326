import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ErrorCode } from '../../shared/errors.ts'
import { asConsoleError } from '../app/console-error.ts'

/** Where doing the same again is worth a differently named button. All other codes say "Try again". */
const retryLabels: Partial<Record<ErrorCode, string>> = {
  PERMISSION_DENIED: 'Check again',
  NOT_FOUND: 'Look again',
  LOCK_TIMEOUT: 'Wait for it again',
  RESULT_CLOSED: 'Read again',
  CANCELLED: 'Run again',
}

/** These are told calmly: nothing broke. */
const calm: readonly ErrorCode[] = ['CANCELLED', 'PERMISSION_DENIED', 'NOT_FOUND', 'RESULT_CLOSED']

type ErrorStateProps = {
  error: unknown
  onRetry?: (() => void) | undefined
  /** A way on that fits better than trying again. */
  action?: ReactNode
  /** `line` is one row above content that stays; `page` fills the place of the content. */
  variant?: 'page' | 'line'
}

/** A failure with its remedy: what happened, what to do, and the button that does it. */
export const ErrorState = ({ error, onRetry, action, variant = 'page' }: ErrorStateProps) => {
  const { code, message, remedy, sqlstate, detail } = asConsoleError(error)
  return (
    <div
      className={variant === 'page' ? 'state' : 'error-line'}
      role="alert"
      data-code={code}
      data-tone={calm.includes(code) ? 'warn' : 'crit'}
    >
      <p className="state-title">
        <span className="dot" data-tone={calm.includes(code) ? 'warn' : 'crit'} />
        {message}
      </p>
      <p className="state-text">{remedy}</p>
      {detail !== undefined && variant === 'page' && <p className="state-detail">{detail}</p>}
      <div className="state-actions">
        {action}
        {onRetry !== undefined && <Button onClick={onRetry}>{retryLabels[code] ?? 'Try again'}</Button>}
        {variant === 'page' && (
          <span className="state-code">
            {code}
            {sqlstate !== undefined && ` · SQLSTATE ${sqlstate}`}
          </span>
        )}
      </div>
    </div>
  )
}
