import { ownerRole } from '../../../shared/provisioning.ts'
import { quoted } from './authority.ts'
import type { Facts } from './facts.ts'
import { isRunnable, type Step, type Verifier } from './step.ts'

/** Stands for a verifier where people look. */
export const masked: Verifier = () => 'SCRAM-SHA-256$•••'

/** What is set for the whole connection that runs the steps. */
export const connectionSettings = ({ cluster }: Facts): [name: string, value: string][] => [
  ['search_path', 'pg_catalog, pg_temp'],
  ['lock_timeout', '10s'],
  ['statement_timeout', '5min'],
  // Since 16 a role can be told to become a member of each role it creates. Here it does so for as long as it has to.
  ...(cluster.versionNumber >= 160_000 && !cluster.isSuperuser
    ? [['createrole_self_grant', ''] as [string, string]]
    : []),
]

const statementsOf = ({ as, statements }: Step): string[] => {
  const lines = statements.map((one) => `${one(masked)};`)
  return as === 'owner' ? [`set role ${quoted(ownerRole)};`, ...lines, 'reset role;'] : lines
}

/** All that runs, as psql would take it, with masks for verifiers. Empty when nothing does. */
export const scriptOf = (facts: Facts, steps: readonly Step[], database: string): string => {
  const running = steps.filter(isRunnable)
  if (running.length === 0) return ''
  const settings = connectionSettings(facts).map(([name, value]) =>
    // A path is a list of names; everything else is one text.
    name === 'search_path' ? `set ${name} = ${value};` : `set ${name} = '${value}';`,
  )
  const lines = [
    `-- Runs as ${quoted(facts.cluster.me)}, in the database ${quoted(facts.home)}.`,
    ...settings,
  ]
  let where: Step['where'] = 'cluster'
  for (const one of running) {
    if (one.where !== where) {
      where = one.where
      const next = where === 'database' ? database : facts.home
      lines.push('', `\\connect ${quoted(next)}`, ...settings)
    }
    lines.push('', `-- ${one.title}.`, ...statementsOf(one))
  }
  return `${lines.join('\n')}\n`
}
