import { ConsoleError, consoleErrorShape } from '../../shared/errors.ts'

/** What a host answered instead of what it was asked for, as the error to throw. */
export const hostRefusal = (answer: unknown): ConsoleError => {
  const shape = consoleErrorShape.safeParse(answer)
  return shape.success
    ? ConsoleError.fromShape(shape.data)
    : new ConsoleError('INTERNAL', 'The console gave an answer that cannot be read.', 'Reload the window.')
}
