import { TRPCClientError } from '@trpc/client'
import { ConsoleError, cancelled, consoleErrorShape } from '../../shared/errors.ts'
import { hostUnreachable } from './host-refusal.ts'

/**
 * What a failed query, mutation or pull means, in the console's own words. A call that brought no `ConsoleError` did
 * not reach the host, or was given up here.
 */
export const asConsoleError = (error: unknown): ConsoleError => {
  if (error instanceof ConsoleError) return error
  if (error instanceof TRPCClientError) {
    const shape = consoleErrorShape.safeParse(error.data?.consoleError)
    if (shape.success) return ConsoleError.fromShape(shape.data)
    if (error.cause !== undefined && error.cause !== error) return asConsoleError(error.cause)
    return hostUnreachable(error)
  }
  if (error instanceof DOMException && error.name === 'AbortError') return cancelled()
  return new ConsoleError(
    'INTERNAL',
    'This part of the window failed in a way it did not foresee.',
    'Try again. If it happens again, report it with the steps that led here.',
    { cause: error },
  )
}
