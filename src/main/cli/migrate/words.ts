import { type ParseArgsConfig, parseArgs } from 'node:util'
import { migrationVersion } from '../../../shared/migrations.ts'
import { reasonLimits } from '../../../shared/reason.ts'
import { usageError } from '../../api/start-options.ts'
import { targetOptions } from '../headless-session.ts'

/** Words that every subcommand takes which connects. */
export const commonOptions = {
  ...targetOptions,
  dir: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

export const toOption = { to: { type: 'string' } } as const

type Options = NonNullable<ParseArgsConfig['options']>

/** The words of a subcommand. Fails with `INVALID_INPUT`. */
export const parseWords = <const Known extends Options>(
  words: string[],
  options: Known,
  positionals: { max: number } = { max: 0 },
) => {
  try {
    const parsed = parseArgs({ args: words, options, allowPositionals: true, strict: true })
    const extra = parsed.positionals[positionals.max]
    if (extra === undefined) return parsed
    throw usageError(`"${extra}" is one word too many.`)
  } catch (error) {
    throw error instanceof TypeError ? usageError(error.message) : error
  }
}

/** A migration's number; null: none was named. */
export const versionOf = (to: string | undefined): string | null => {
  if (to === undefined) return null
  const number = /^[0-9]+/.exec(to)?.[0] ?? ''
  if (migrationVersion.safeParse(number).success) return number
  throw usageError(`--to takes the number of a migration, such as 0014, not "${to}".`)
}

/** Why, for the history. */
export const reasonOf = (reason: string | undefined): string => {
  const text = reason?.trim() ?? ''
  const { min, max } = reasonLimits
  if (text.length >= min && text.length <= max) return text
  throw usageError(
    reason === undefined
      ? 'Say why with --reason: it is kept in the history.'
      : `A reason has ${min} to ${max} characters.`,
  )
}

const units: Record<string, number> = { ms: 1, s: 1000, min: 60_000 }

/** Milliseconds of `500ms`, `3s`, `2min`, or of a number alone. */
export const millisecondsOf = (option: string, text: string, max: number): number => {
  const [, digits = '', unit = 'ms'] = /^([0-9]{1,9})(ms|s|min)?$/.exec(text) ?? []
  const milliseconds = Number(digits) * (units[unit] ?? 1)
  if (digits !== '' && milliseconds >= 1 && milliseconds <= max) return milliseconds
  throw usageError(`--${option} takes a time such as 500ms, 3s or 2min, not "${text}".`)
}
