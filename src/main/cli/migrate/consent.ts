import { createInterface } from 'node:readline/promises'
import { ConsoleError, cancelled } from '../../../shared/errors.ts'
import type { MigrationPlan } from '../../../shared/migrations.ts'
import { planLines } from './plan.ts'

/** What the words of the command have agreed to already. */
type Given = { yes: boolean; destroy: readonly string[] }

const namesOf = ({ migrations }: MigrationPlan): string[] => [
  ...new Set(migrations.flatMap(({ confirm }) => confirm)),
]

const ask = async (plan: MigrationPlan, { yes, destroy }: Given, signal: AbortSignal): Promise<string[]> => {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  // Ctrl+C and Ctrl+D close it, and a signal ends the question: each is a no.
  const question = async (text: string): Promise<string> => {
    try {
      return (await terminal.question(text, { signal })).trim()
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') throw cancelled('The migration')
      throw error
    }
  }
  try {
    console.error(planLines(plan).join('\n'))
    if (!yes) {
      const answer = await question('Run this? Type yes: ')
      if (answer.toLowerCase() !== 'yes') throw cancelled('The migration')
    }
    const typed = [...destroy]
    for (const name of namesOf(plan).filter((one) => !destroy.includes(one))) {
      typed.push(await question(`This takes away ${name}. Type its name: `))
    }
    return typed
  } finally {
    terminal.close()
  }
}

/**
 * The names that were typed for what takes data away: by the words of the command or, on a terminal, by a person. Without a
 * terminal nobody is asked: everything must have been said. Fails with `CONFIRMATION_REQUIRED` or `CANCELLED`.
 */
export const consent = async (plan: MigrationPlan, given: Given, signal: AbortSignal): Promise<string[]> => {
  const missing = namesOf(plan).filter((name) => !given.destroy.includes(name))
  if (given.yes && missing.length === 0) return [...given.destroy]
  if (process.stdin.isTTY) return ask(plan, given, signal)
  throw new ConsoleError(
    'CONFIRMATION_REQUIRED',
    missing.length > 0
      ? `What would run takes away ${missing.join(', ')}.`
      : 'Nobody has agreed to this plan, and there is no terminal to ask on.',
    missing.length > 0
      ? `Add ${missing.map((name) => `--destroy ${JSON.stringify(name)}`).join(' ')} if that is meant. Nothing was run.`
      : 'Look at "viruj-console migrate plan", then add --yes. Nothing was run.',
  )
}
