import {
  type GatedMigration,
  type GateFinding,
  type MigrationPlan,
  type MigrationsPlan,
  type RoundTripReport,
  roundTripReport,
} from '../../../shared/migrations.ts'
import { usageError } from '../../api/start-options.ts'
import { exitCodes } from './exit-codes.ts'
import { followJob } from './follow-job.ts'
import { type Workplace, withMigrations } from './migration-session.ts'
import { commonOptions, parseWords, toOption, versionOf } from './words.ts'

const finding = ({ severity, title, detail, rule }: GateFinding): string =>
  `    ${severity === 'ok' ? '' : `${severity}: `}${title}. ${detail} [${rule}]`

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
export const planLines = ({ migrations, unclear }: MigrationPlan): string[] => [
  ...(migrations.length === 0 ? ['There is nothing to run.'] : migrations.flatMap(migrationLines)),
  ...(unclear === null
    ? []
    : [
        `Line ${unclear.line} of ${unclear.version} was sent, and how it ended was not seen: look whether it is done, then say --unclear done or --unclear again.`,
      ]),
]

const directionOf = (word = 'up'): MigrationPlan['direction'] => {
  if (word === 'up' || word === 'down' || word === 'redo') return word
  throw usageError(`A plan is one for up, down or redo, not for "${word}".`)
}

const roundTripLines = ({ migrations, shadow }: RoundTripReport): string[] => [
  `Up, down and up again, on ${shadow === 'embedded' ? 'an embedded PostgreSQL' : 'a temporary database of the server'}`,
  ...migrations.flatMap(({ name, outcome, findings }) => [`  ${name}: ${outcome}`, ...findings.map(finding)]),
]

/** Tries the plan on a shadow; null: nobody wants that, or there is nothing to try. */
const roundTripOf = async (
  { session, migrations, signal }: Workplace,
  input: MigrationsPlan,
  wanted: boolean,
): Promise<RoundTripReport | null> =>
  wanted ? roundTripReport.parse(await followJob(session, await migrations.roundTrip(input), signal)) : null

/**
 * `migrate plan [up|down|redo]`: what would run, what each statement would do, and whether it can be taken back. Changes
 * nothing.
 */
export const plan = async (words: string[]): Promise<number> => {
  const options = {
    ...commonOptions,
    ...toOption,
    'no-round-trip': { type: 'boolean', default: false },
  } as const
  const { values, positionals } = parseWords(words, options, { max: 1 })
  const input = { direction: directionOf(positionals[0]), to: versionOf(values.to) }
  return withMigrations(values, async (workplace) => {
    const planned = await workplace.migrations.plan(input, workplace.signal)
    const tries = !values['no-round-trip'] && input.direction === 'up' && planned.migrations.length > 0
    if (!values.json) console.log(planLines(planned).join('\n'))
    const roundTrip = await roundTripOf(workplace, input, tries)
    if (values.json) console.log(JSON.stringify({ ...planned, roundTrip }))
    else if (roundTrip !== null) console.log(roundTripLines(roundTrip).join('\n'))
    const fails = roundTrip?.migrations.some(({ outcome }) => outcome === 'failed' || outcome === 'differs')
    if (fails === true) return exitCodes.error
    return input.direction === 'up' && planned.migrations.length > 0 ? exitCodes.pending : exitCodes.clean
  })
}
