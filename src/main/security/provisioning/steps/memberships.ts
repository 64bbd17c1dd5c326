import { sql } from 'kysely'
import {
  loginsOf,
  ownerRole,
  type ProvisioningSettings,
  serviceRole,
} from '../../../../shared/provisioning.ts'
import { identifier } from '../../../session/identifier.ts'
import { mayAdminister } from '../authority.ts'
import type { ClusterFacts, Membership } from '../cluster-facts.ts'
import { type Step, statement, step } from '../step.ts'

type Wanted = { role: string; member: string; inherit: boolean; set: boolean; title: string; why: string }

/** How a membership differs from what is wanted, in SQL's words. Before 16 none has options of its own. */
const wrongOptions = (found: Membership, wanted: Wanted): string[] => [
  ...(found.inherit === null || found.inherit === wanted.inherit ? [] : [`INHERIT ${found.inherit}`]),
  ...(found.set === null || found.set === wanted.set ? [] : [`SET ${found.set}`]),
]

const membershipStep = (facts: ClusterFacts, wanted: Wanted): Step => {
  const { role, member } = wanted
  const present = facts.memberships.filter((found) => found.role === role && found.member === member)
  // Several grantors may have given it since 16. One that is as wanted is enough where nothing is taken away by another.
  const right = present.filter((found) => wrongOptions(found, wanted).length === 0)
  const options = sql.raw(
    facts.versionNumber >= 160_000 ? ` with inherit ${wanted.inherit}, set ${wanted.set}` : '',
  )
  return step({
    id: `member ${role} ${member}`,
    title: wanted.title,
    why: wanted.why,
    found: right.length > 0 ? [] : present.flatMap((found) => wrongOptions(found, wanted)),
    statements:
      right.length > 0 ? [] : [statement(sql`grant ${identifier(role)} to ${identifier(member)}${options}`)],
    refusal: mayAdminister(facts, role),
  })
}

/** Since 16 each grantor's grant stands by itself, and only who may act as the grantor takes it away. */
const revoke = ({ versionNumber }: ClusterFacts, { role, member, grantor }: Membership) =>
  statement(
    sql`revoke ${identifier(role)} from ${identifier(member)}${
      versionNumber >= 160_000 && grantor !== '' ? sql` granted by ${identifier(grantor)}` : sql``
    }`,
  )

/** What these roles are members of besides: each such membership would be a right that nobody promised. */
const strayStep = (facts: ClusterFacts, member: string, promised: string[]): Step => {
  const stray = facts.memberships.filter((found) => found.member === member && !promised.includes(found.role))
  return step({
    id: `only ${member}`,
    title:
      promised.length === 0
        ? `${member} is a member of no role`
        : `${member} is a member of ${promised.join(', ')} only`,
    why: 'What another role may do would be open to it, too.',
    found: stray.map(({ role }) => `member of ${role}`),
    statements: stray.map((found) => revoke(facts, found)),
    refusal: stray.reduce<string | null>((refusal, { role }) => refusal ?? mayAdminister(facts, role), null),
  })
}

/** Who is a member of what, and of nothing else. */
export const membershipSteps = (facts: ClusterFacts, settings: ProvisioningSettings): Step[] => {
  const logins = loginsOf(settings.login)
  return [
    membershipStep(facts, {
      role: ownerRole,
      member: 'viruj_dba',
      inherit: false,
      set: true,
      title: 'DBAs may become the owner',
      why: 'To migrate: SET ROLE viruj_app, for as long as that takes.',
    }),
    ...logins.map((member) =>
      membershipStep(facts, {
        role: serviceRole,
        member,
        inherit: true,
        set: false,
        title: `${member} is a member of ${serviceRole}`,
        why: 'All that the application may do comes from there, alike for both log-ins.',
      }),
    ),
    ...settings.dbas.map((member) =>
      membershipStep(facts, {
        role: 'viruj_dba',
        member,
        inherit: true,
        set: true,
        title: `${member} is a DBA`,
        why: 'Named as one of those who migrate this database.',
      }),
    ),
    ...logins.map((member) => strayStep(facts, member, [serviceRole])),
    ...[ownerRole, serviceRole, 'viruj_reviewer', 'viruj_operator'].map((member) =>
      strayStep(facts, member, []),
    ),
  ]
}
