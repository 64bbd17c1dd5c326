import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A console that was started as a person starts it, by its built command line. */
export type ServedConsole = {
  /** All that it printed so far. */
  readonly printed: string
  readonly pid: number
  /** A link that was not used yet. */
  link(): Promise<string>
  /** Asks it to end, as Ctrl-C does by default, and waits until it has. The exit code. */
  stop(signal?: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): Promise<number | null>
}

const isLink = (line: string): boolean => /^http:\/\/127\.0\.0\.1:\d+\/\S+$/.test(line)

/**
 * Starts `viruj-console serve` and waits for its link.
 * @param within a program, with its arguments, that runs the command that follows it
 */
export const serveConsole = (
  words: string[],
  environment: NodeJS.ProcessEnv = {},
  within: readonly string[] = [],
): Promise<ServedConsole> =>
  startConsole([...within, process.execPath, 'out/main/cli.js', 'serve', ...words], environment)

/** Runs a command that starts a console, and waits for its link. Where it prints `pid N`, that is who is asked to end. */
export const startConsole = async (
  [program = '', ...line]: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<ServedConsole> => {
  const { DATABASE_URL: _, ...inherited } = process.env
  const child = spawn(program, line, {
    env: { ...inherited, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  let pid = child.pid ?? 0
  let printed = ''
  const links: string[] = []
  const waiting: ((link: string) => void)[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      const told = /^pid (\d+)$/.exec(line)?.[1]
      if (told !== undefined) pid = Number(told)
      printed += `${line}\n`
      if (!isLink(line)) return
      const next = waiting.shift()
      if (next === undefined) links.push(line)
      else next(line)
    })
  }
  const nextLink = async (): Promise<string> => {
    const ready = links.shift()
    if (ready !== undefined) return ready
    const printedLink = new Promise<string>((resolve) => waiting.push(resolve))
    const ended = exited.then(() => {
      throw new Error(`The console ended before it printed a link:\n${printed}`)
    })
    return Promise.race([printedLink, ended])
  }
  const first = await nextLink()
  links.push(first)

  return {
    get printed() {
      return printed
    },
    get pid() {
      return pid
    },
    link() {
      if (links.length === 0) child.stdin.write('\n')
      return nextLink()
    },
    async stop(signal = 'SIGINT') {
      if (child.exitCode === null) process.kill(pid, signal)
      await exited
      return child.exitCode
    },
  }
}
