import { Button } from '@mantine/core'
import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { ErrorState } from '../ui/error-state.tsx'

/** Stands where a screen failed while drawing: the rest of the window goes on. */
export const ScreenError = ({ error, reset }: ErrorComponentProps) => (
  <ErrorState
    error={error}
    onRetry={reset}
    action={
      <Button component={Link} to="/">
        To the connections
      </Button>
    }
  />
)
