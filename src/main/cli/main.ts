import about from '../../../package.json' with { type: 'json' }
import { toErrorShape } from '../../shared/errors.ts'
import { parseStartOptions, startOptionsHelp, usageError } from '../api/start-options.ts'
import { serve } from './serve.ts'

const help = `Usage: viruj-console <command> [options]

Commands
  serve              Serve the console to browsers of this machine, on 127.0.0.1.

Options of serve
${startOptionsHelp}

With DATABASE_URL set the console opens on that database and starts no sample servers.
`

const run = async ([command, ...words]: string[]): Promise<void> => {
  switch (command) {
    case 'serve':
      return serve(parseStartOptions(words))
    case '--version':
      return console.log(about.version)
    case '--help':
    case undefined:
      return console.log(help)
    default:
      throw usageError(`There is no command "${command}".`)
  }
}

try {
  await run(process.argv.slice(2))
} catch (error) {
  const { message, remedy } = toErrorShape(error)
  console.error(`${message} ${remedy}`)
  process.exitCode = 1
}
