import { sql } from 'kysely'
import { loginsOf, type ProvisioningSettings, serviceRole } from '../../../../shared/provisioning.ts'
import { identifier } from '../../../session/identifier.ts'
import { compile } from '../../../session/kysely.ts'
import { mayAdminister } from '../authority.ts'
import type { ClusterFacts } from '../cluster-facts.ts'
import { type Step, step } from '../step.ts'

/** The log-in that gets a password in this run, and why; null: none needs one. */
export const loginToOpen = (
  { roles }: ClusterFacts,
  { login, newPassword }: ProvisioningSettings,
): { name: string; found: string[] } | null => {
  const [first, second] = loginsOf(login)
  const inUse = [first, second].find((name) => roles.get(name)?.canLogIn)
  if (inUse === undefined) return { name: first, found: [] }
  const { password } = roles.get(inUse) ?? { password: 'unknown' }
  if (password === 'none') return { name: inUse, found: ['LOGIN without a password'] }
  if (password === 'weak') return { name: inUse, found: ['password stored as md5'] }
  return newPassword ? { name: inUse, found: [] } : null
}

/** Comes last: until then nobody gets in with what is half made. */
export const passwordStep = (facts: ClusterFacts, settings: ProvisioningSettings): Step => {
  const opened = loginToOpen(facts, settings)
  const [first] = loginsOf(settings.login)
  const name = opened?.name ?? first
  return step({
    id: 'password',
    title: opened === null ? 'A log-in of the application is open' : `Let ${name} log in`,
    why: 'With a random password that only its SCRAM verifier leaves this machine of. The other log-in stays closed until the first change of passwords.',
    after: [`role ${name}`, `member ${serviceRole} ${name}`, 'connect', 'public database'],
    found: opened?.found ?? [],
    statements:
      opened === null
        ? []
        : [
            (verifier) =>
              compile(sql`alter role ${identifier(name)} login password ${sql.lit(verifier(name))}`).sql,
          ],
    refusal: mayAdminister(facts, name),
  })
}
