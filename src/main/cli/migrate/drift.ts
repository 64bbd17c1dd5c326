import { ConsoleError } from '../../../shared/errors.ts'
import { type Difference, type DriftReport, driftReport } from '../../../shared/migrations.ts'
import { createMigrationFiles } from '../../migrations/new-files.ts'
import { exitCodes } from './exit-codes.ts'
import { followJob } from './follow-job.ts'
import { withMigrations } from './migration-session.ts'
import { commonOptions, parseWords } from './words.ts'

/** Lines of a text behind a label, each under the first one. */
const under = (label: string, text: string): string[] =>
  text.split('\n').map((line, index) => `    ${(index === 0 ? label : '').padEnd(12)}${line}`.trimEnd())

const differenceLines = (difference: Difference): string[] => {
  const { kind, identity, change, attributes, mendDatabase, mendMigrations, waived, waivers } = difference
  return [
    `${change} ${kind} ${identity}${waived ? ', waived' : ''}`,
    // What is on one side only is told by its SQL.
    ...(change === 'changed' ? attributes : []).flatMap(({ name, expected, actual }) => [
      `  ${name}`,
      ...under('expected', expected ?? '(none)'),
      ...under('actual', actual ?? '(none)'),
    ]),
    ...(waived
      ? waivers.map(({ who, until, reason }) => `  Accepted by ${who} until ${until}: ${reason}`)
      : [
          '  SQL',
          ...under('database', mendDatabase ?? '-- A person must decide.'),
          ...under('migrations', mendMigrations ?? '-- A person must decide.'),
        ]),
  ]
}

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** A report for people. */
const driftLines = ({ version, objects, shadow, differences, notes }: DriftReport): string[] => {
  const counted = differences.filter(({ waived }) => !waived)
  const waived = differences.length - counted.length
  const where = shadow === 'embedded' ? 'an embedded PostgreSQL 16' : 'the same server'
  return [
    ...differences.flatMap((difference) => [...differenceLines(difference), '']),
    ...notes.map((note) => `Note: ${note}`),
    `At ${version ?? 'no version'}: ${counted.length === 0 ? 'no drift' : plural(counted.length, 'difference')}${waived === 0 ? '' : `, and ${waived} waived`}. Compared: ${plural(objects, 'object')}, with a shadow on ${where}.`,
  ]
}

const adoptionFile = ({ checkedAt, differences, adoption }: DriftReport): string =>
  [
    '-- Adopts what the database has and the migrations did not.',
    `-- Found on ${checkedAt.slice(0, 10)}: ${plural(differences.filter(({ waived }) => !waived).length, 'difference')}.`,
    '',
    '-- Functions may name what is made further down.',
    'set local check_function_bodies = off;',
    '',
    adoption ?? '',
  ].join('\n')

/** `migrate drift`: whether the database is what its applied migrations make. Changes nothing but, with --write, the folder. */
export const drift = async (words: string[]): Promise<number> => {
  const { values } = parseWords(words, { ...commonOptions, write: { type: 'string' } })
  return withMigrations(values, async ({ session, migrations, signal }) => {
    const report = driftReport.parse(await followJob(session, await migrations.drift(null), signal))
    const { folder } = await migrations.status(null, signal)
    console.log(values.json ? JSON.stringify(report) : driftLines(report).join('\n'))
    if (values.write !== undefined) {
      if (report.adoption === null) {
        throw new ConsoleError('NOT_FOUND', 'There is nothing to adopt.', 'No file was written.')
      }
      const made = await createMigrationFiles(folder, values.write, {
        transactional: true,
        up: adoptionFile(report),
      })
      console.error(`Wrote ${made.up}. Read it, then have "migrate baseline" take it as done here.`)
    }
    return report.differences.some(({ waived }) => !waived) ? exitCodes.drift : exitCodes.clean
  })
}
