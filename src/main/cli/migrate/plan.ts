import type { GatedMigration, GateFinding, MigrationPlan } from '../../../shared/migrations.ts'
import { usageError } from '../../api/start-options.ts'
import { exitCodes } from './exit-codes.ts'
import { withMigrations } from './migration-session.ts'
import { commonOptions, parseWords, toOption, versionOf } from './words.ts'

const finding = ({ severity, title, detail, rule }: GateFinding): string =>
  `    ${severity === 'ok' ? '' : `${severity}: `}${title} ${detail} [${rule}]`

const migrationLines = ({
  name,
  direction,
  transactional,
  statements,
  findings,
  confirm,
}: GatedMigration): string[] => [
  `${name} ${direction}${transactional ? '' : ', without a transaction'}`,
  ...statements.flatMap(({ line, sql, locks, findings: own }) => [
    `  line ${line}: ${sql.replace(/\s+/g, ' ').slice(0, 120)}`,
    ...locks.map(({ relation, mode }) => `    locks ${relation} ${mode}`),
    ...own.filter(({ severity }) => severity !== 'ok').map(finding),
  ]),
  ...findings.filter(({ severity }) => severity !== 'ok').map(finding),
  ...confirm.map((object) => `  takes away ${object}`),
]

/** A plan for people. */
export const planLines = ({ migrations }: MigrationPlan): string[] =>
  migrations.length === 0 ? ['There is nothing to run.'] : migrations.flatMap(migrationLines)

const directionOf = (word = 'up'): MigrationPlan['direction'] => {
  if (word === 'up' || word === 'down' || word === 'redo') return word
  throw usageError(`A plan is one for up, down or redo, not for "${word}".`)
}

/** `migrate plan [up|down|redo]`: what would run, and what each statement would do. Changes nothing. */
export const plan = async (words: string[]): Promise<number> => {
  const { values, positionals } = parseWords(words, { ...commonOptions, ...toOption }, { max: 1 })
  const input = { direction: directionOf(positionals[0]), to: versionOf(values.to) }
  return withMigrations(values, async ({ migrations, signal }) => {
    const planned = await migrations.plan(input, signal)
    console.log(values.json ? JSON.stringify(planned) : planLines(planned).join('\n'))
    return input.direction === 'up' && planned.migrations.length > 0 ? exitCodes.pending : exitCodes.clean
  })
}
