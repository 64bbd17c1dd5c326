import { ConsoleError, consoleErrorShape } from '../../shared/errors.ts'

/** The host gave no answer at all: it was stopped, or the machine's network was changed under it. */
export const hostUnreachable = (cause: unknown): ConsoleError =>
  new ConsoleError(
    'SESSION_LOST',
    'The console does not answer this window.',
    'Check that it still runs. Start it again and open its new link if it was stopped.',
    { cause },
  )

/** What a host answered instead of what it was asked for, as the error to throw. */
export const hostRefusal = (answer: unknown): ConsoleError => {
  const shape = consoleErrorShape.safeParse(answer)
  return shape.success
    ? ConsoleError.fromShape(shape.data)
    : new ConsoleError('INTERNAL', 'The console gave an answer that cannot be read.', 'Reload the window.')
}
