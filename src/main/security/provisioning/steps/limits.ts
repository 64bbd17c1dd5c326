import { sql } from 'kysely'
import type { ProvisioningSettings } from '../../../../shared/provisioning.ts'
import { identifier } from '../../../session/identifier.ts'
import { mayAdminister } from '../authority.ts'
import type { ClusterFacts } from '../cluster-facts.ts'
import { type Step, statement, step } from '../step.ts'

const units: Record<string, number> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of a setting as it was written: `30s`, `30000`, `1min`. Null: not to be read. */
const milliseconds = (text: string): number | null => {
  const [, digits, unit = 'ms'] = /^(\d+)\s*(ms|s|min|h|d)?$/.exec(text.trim()) ?? []
  const factor = units[unit]
  return digits === undefined || factor === undefined ? null : Number(digits) * factor
}

/** The value of one of `name=value`; undefined: it is not set. */
export const settingOf = (settings: readonly string[], name: string): string | undefined =>
  settings.find((setting) => setting.startsWith(`${name}=`))?.slice(name.length + 1)

/** How long a statement and an idle transaction of a log-in may last. */
export const limitsStep = (facts: ClusterFacts, login: string, settings: ProvisioningSettings): Step => {
  const wanted = [
    ['statement_timeout', settings.statementTimeout],
    ['idle_in_transaction_session_timeout', settings.idleInTransactionTimeout],
  ] as const
  const present = facts.roles.get(login)?.settings ?? []
  const wrong = wanted.flatMap(([name, seconds]) => {
    const found = settingOf(present, name)
    return found !== undefined && milliseconds(found) === seconds * 1000 ? [] : [{ name, seconds, found }]
  })
  return step({
    id: `limits ${login}`,
    title: `Time limits of ${login}`,
    why: 'A statement that hangs, or a transaction that is left open, ends by itself before it holds others up.',
    after: [`role ${login}`],
    found: wrong.flatMap(({ name, found }) => (found === undefined ? [] : [`${name} = ${found}`])),
    statements: wrong.map(({ name, seconds }) =>
      statement(sql`alter role ${identifier(login)} set ${sql.id(name)} = ${sql.lit(`${seconds}s`)}`),
    ),
    refusal: mayAdminister(facts, login),
  })
}
