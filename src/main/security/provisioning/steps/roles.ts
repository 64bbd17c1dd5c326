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
import type { ClusterFacts, RoleFacts } from '../cluster-facts.ts'
import { type Step, statement, step } from '../step.ts'
import { limitsStep } from './limits.ts'

type Wanted = { name: string; why: string; inherit: boolean; connectionLimit: number | null }

const groups: Wanted[] = [
  {
    name: ownerRole,
    why: 'Owns the database and all that migrations make. NOLOGIN: an owner could switch off audit triggers and row security.',
    inherit: true,
    connectionLimit: null,
  },
  {
    name: serviceRole,
    why: "What the ERP's programs may do at run time. It owns nothing.",
    inherit: true,
    connectionLimit: null,
  },
  {
    name: 'viruj_dba',
    why: 'DBAs. NOINHERIT: a DBA acts with the rights of the owner only after SET ROLE.',
    inherit: false,
    connectionLimit: null,
  },
  { name: 'viruj_reviewer', why: 'Compliance reviewers.', inherit: true, connectionLimit: null },
  { name: 'viruj_operator', why: 'Operators.', inherit: true, connectionLimit: null },
  {
    name: auditOwnerRole,
    why: 'Owns the audit trail, whose functions write it. NOLOGIN: whoever becomes it can rewrite the trail.',
    inherit: true,
    connectionLimit: null,
  },
  {
    name: sealerRole,
    why: 'Seals the audit trail, and does nothing else.',
    inherit: true,
    connectionLimit: null,
  },
  {
    name: verifierRole,
    why: 'Reads the audit trail as it is, personal data included, to verify it.',
    inherit: true,
    connectionLimit: null,
  },
]

export const groupRoles: readonly string[] = groups.map(({ name }) => name)

/** What was found, and the option of ALTER ROLE that mends it. */
type Difference = { found: string; option: string }

/** What a role has that it should not have, or lacks. */
const differences = (role: RoleFacts, wanted: Wanted, isLogin: boolean): Difference[] => {
  const excess: [has: boolean, attribute: string][] = [
    [role.superuser, 'SUPERUSER'],
    [role.createDatabase, 'CREATEDB'],
    [role.createRole, 'CREATEROLE'],
    [role.replication, 'REPLICATION'],
    [role.bypassRowSecurity, 'BYPASSRLS'],
    [role.canLogIn && !isLogin, 'LOGIN'],
  ]
  const wrong: Difference[] = excess
    .filter(([has]) => has)
    .map(([, attribute]) => ({ found: attribute, option: `no${attribute.toLowerCase()}` }))
  if (role.inherit !== wanted.inherit) {
    wrong.push(
      wanted.inherit ? { found: 'NOINHERIT', option: 'inherit' } : { found: 'INHERIT', option: 'noinherit' },
    )
  }
  const limit = wanted.connectionLimit
  if (limit !== null && role.connectionLimit !== limit) {
    wrong.push({
      found: role.connectionLimit === -1 ? 'no connection limit' : `connection limit ${role.connectionLimit}`,
      option: `connection limit ${limit}`,
    })
  }
  return wrong
}

const roleStep = (facts: ClusterFacts, wanted: Wanted, isLogin: boolean): Step => {
  const role = facts.roles.get(wanted.name)
  const about = {
    id: `role ${wanted.name}`,
    title: isLogin ? `Log-in ${wanted.name}` : `Role ${wanted.name}`,
    why: wanted.why,
    refusal: mayAdminister(facts, wanted.name),
  }
  if (role === undefined) {
    const options = [
      'nologin',
      ...(wanted.inherit ? [] : ['noinherit']),
      ...(wanted.connectionLimit === null ? [] : [`connection limit ${wanted.connectionLimit}`]),
    ].join(' ')
    return step({
      ...about,
      statements: [statement(sql`create role ${identifier(wanted.name)} ${sql.raw(options)}`)],
    })
  }
  const wrong = differences(role, wanted, isLogin)
  const options = wrong.map(({ option }) => option).join(' ')
  return step({
    ...about,
    found: wrong.map(({ found }) => found),
    statements:
      wrong.length === 0 ? [] : [statement(sql`alter role ${identifier(wanted.name)} ${sql.raw(options)}`)],
  })
}

/** Groups first, then the two log-ins, which cannot log in yet. */
export const roleSteps = (facts: ClusterFacts, settings: ProvisioningSettings): Step[] => [
  ...groups.map((wanted) => roleStep(facts, wanted, false)),
  ...loginsOf(settings.login).flatMap((name) => [
    roleStep(
      facts,
      {
        name,
        why: 'One of the two log-ins of the application that take turns. Made without a password; the last step lets one in.',
        inherit: true,
        connectionLimit: settings.connectionLimit,
      },
      true,
    ),
    limitsStep(facts, name, settings),
  ]),
]

/** The names of all roles that provisioning knows, for reading what there is of them. */
export const rolesOf = ({ login, dbas }: ProvisioningSettings): string[] => [
  ...groupRoles,
  ...loginsOf(login),
  ...dbas,
]
