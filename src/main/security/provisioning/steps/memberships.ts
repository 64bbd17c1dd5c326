import { sql } from 'kysely'
import {
  auditOwnerRole,
  loginsOf,
  ownerRole,
  type ProvisioningSettings,
  sealerRole,
  serviceRole,
  verifierRole,
} from '../../../../shared/provisioning.ts'
import { identifier } from '../../../session/identifier.ts'
import { mayAdminister } from '../authority.ts'
import type { ClusterFacts, Membership } from '../cluster-facts.ts'
import { type Step, type StepStatement, statement, step } from '../step.ts'

/** `admin` null: whether the member may pass it on is nobody's business here. */
type Wanted = {
  role: string
  member: string
  inherit: boolean
  set: boolean
  admin: false | null
  title: string
  why: string
  after: string[]
}

/** Since 16 each grantor's grant stands by itself, and only who may act as the grantor changes it. */
const grantedBy = ({ versionNumber }: ClusterFacts, { grantor }: Membership) =>
  versionNumber >= 160_000 && grantor !== '' ? sql` granted by ${identifier(grantor)}` : sql``

/** Why the session's role may not change a grant that is there; null: it may. */
const mayChange = (facts: ClusterFacts, { role, grantor }: Membership): string | null => {
  if (facts.isSuperuser || facts.versionNumber < 160_000 || grantor === facts.me) {
    return mayAdminister(facts, role)
  }
  return `"${grantor}" granted it, and only that role or a superuser takes it back. Let one of them run this.`
}

/** How a grant differs from what is wanted, in SQL's words. Before 16 none has options of its own but ADMIN. */
const wrongOptions = (found: Membership, wanted: Wanted): string[] => [
  ...(found.inherit === null || found.inherit === wanted.inherit ? [] : [`INHERIT ${found.inherit}`]),
  ...(found.set === null || found.set === wanted.set ? [] : [`SET ${found.set}`]),
  ...(wanted.admin === false && found.admin ? ['ADMIN OPTION'] : []),
]

/** It gives more than is wanted: with several grants the most generous one counts. */
const isTooMuch = (found: Membership, wanted: Wanted): boolean =>
  (found.inherit === true && !wanted.inherit) ||
  (found.set === true && !wanted.set) ||
  (found.admin && wanted.admin === false)

const membershipStep = (facts: ClusterFacts, wanted: Wanted): Step => {
  const { role, member } = wanted
  const options = sql.raw(
    facts.versionNumber >= 160_000 ? ` with inherit ${wanted.inherit}, set ${wanted.set}` : '',
  )
  const grant = (by = sql``): StepStatement =>
    statement(sql`grant ${identifier(role)} to ${identifier(member)}${options}${by}`)
  const present = facts.memberships.filter((found) => found.role === role && found.member === member)
  const excessive = present.filter((found) => isTooMuch(found, wanted))
  const isThere = present.some(
    (found) => excessive.includes(found) || wrongOptions(found, wanted).length === 0,
  )
  const mended = excessive.flatMap((found) => [
    ...(found.admin && wanted.admin === false
      ? [
          statement(
            sql`revoke admin option for ${identifier(role)} from ${identifier(member)}${grantedBy(facts, found)}`,
          ),
        ]
      : []),
    ...(found.inherit === null ? [] : [grant(grantedBy(facts, found))]),
  ])
  const refusals = excessive.map((found) => mayChange(facts, found))
  return step({
    id: `member ${role} ${member}`,
    title: wanted.title,
    why: wanted.why,
    after: wanted.after,
    found: [...new Set((isThere ? excessive : present).flatMap((found) => wrongOptions(found, wanted)))],
    statements: isThere ? mended : [grant()],
    refusal: (isThere ? refusals : [mayAdminister(facts, role)]).find((refusal) => refusal !== null) ?? null,
  })
}

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
    after: [`role ${member}`],
    found: stray.map(({ role }) => `member of ${role}`),
    statements: stray.map((found) =>
      statement(sql`revoke ${identifier(found.role)} from ${identifier(member)}${grantedBy(facts, found)}`),
    ),
    refusal: stray.map((found) => mayChange(facts, found)).find((refusal) => refusal !== null) ?? null,
  })
}

const dbaStep = (facts: ClusterFacts, member: string): Step => {
  const made = membershipStep(facts, {
    role: 'viruj_dba',
    member,
    inherit: true,
    set: true,
    admin: null,
    title: `${member} is a DBA`,
    why: 'Named as one of those who migrate this database.',
    after: ['role viruj_dba'],
  })
  return facts.roles.has(member)
    ? made
    : { ...made, refusal: `There is no role "${member}". Create it first, with a password of its own.` }
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
      admin: false,
      title: 'DBAs may become the owner',
      why: `To migrate: SET ROLE ${ownerRole}, for as long as that takes.`,
      after: [`role ${ownerRole}`, 'role viruj_dba'],
    }),
    membershipStep(facts, {
      role: auditOwnerRole,
      member: ownerRole,
      inherit: true,
      set: true,
      admin: false,
      title: 'The owner may alter the audit trail',
      why: 'Migrations make it, and make what records new tables.',
      after: [`role ${auditOwnerRole}`, `role ${ownerRole}`],
    }),
    ...logins.map((member) =>
      membershipStep(facts, {
        role: serviceRole,
        member,
        inherit: true,
        set: false,
        admin: false,
        title: `${member} is a member of ${serviceRole}`,
        why: 'All that the application may do comes from there, alike for both log-ins.',
        after: [`role ${serviceRole}`, `role ${member}`],
      }),
    ),
    ...settings.dbas.map((member) => dbaStep(facts, member)),
    ...logins.map((member) => strayStep(facts, member, [serviceRole])),
    strayStep(facts, ownerRole, [auditOwnerRole]),
    ...[serviceRole, 'viruj_reviewer', 'viruj_operator', auditOwnerRole, sealerRole, verifierRole].map(
      (member) => strayStep(facts, member, []),
    ),
  ]
}
