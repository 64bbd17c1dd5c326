import { parseArgs } from 'node:util'
import { ConsoleError } from '../../shared/errors.ts'
import { homeFolder } from '../session/home.ts'

/** How the console is started: what the words of `npm start`, `npm run serve` and `viruj-console serve` say. */
export type StartOptions = {
  home: string
  /** 0: a free one. */
  port: number
  /** Null: no sample servers. `scale` multiplies the volume of their data; without it, what is there stays. */
  sandbox: { scale?: number } | null
}

export const startOptionsHelp = `  --home FOLDER      Folder of profiles, preferences and sample servers.
  --port PORT        Port to listen on (a free one by default).
  --no-sandbox       Start no sample servers.
  --scale N          Make the sample data N times as large, anew if need be.`

/** A mistake in the words of a command. */
export const usageError = (message: string): ConsoleError =>
  new ConsoleError('INVALID_INPUT', message, 'Run "viruj-console --help" to see what there is.')

const wholeNumber = (name: string, value: string, min: number, max: number): number => {
  const parsed = Number(value)
  if (value.trim() !== '' && Number.isInteger(parsed) && parsed >= min && parsed <= max) return parsed
  throw usageError(`--${name} takes a whole number from ${min} to ${max}, not "${value}".`)
}

const parse = (words: string[]) => {
  try {
    return parseArgs({
      args: words,
      allowNegative: true,
      options: {
        home: { type: 'string', default: homeFolder() },
        port: { type: 'string', default: '0' },
        sandbox: { type: 'boolean', default: !process.env.DATABASE_URL },
        scale: { type: 'string' },
      },
    }).values
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : 'The options cannot be read.')
  }
}

/** Without words: the home folder of this account, a free port, and sample servers unless `DATABASE_URL` is set. */
export const parseStartOptions = (words: string[]): StartOptions => {
  const { home, port, sandbox, scale } = parse(words)
  const volume = scale === undefined ? {} : { scale: wholeNumber('scale', scale, 1, 1000) }
  return {
    home,
    port: wholeNumber('port', port, 0, 65_535),
    sandbox: sandbox ? volume : null,
  }
}
