import { sql } from 'kysely'
import {
  loginsOf,
  ownerRole,
  type ProvisioningSettings,
  serviceRole,
} from '../../../../shared/provisioning.ts'
import { identifier } from '../../../session/identifier.ts'
import { mayAdminister } from '../authority.ts'
import type { ClusterFacts, RoleFacts } from '../cluster-facts.ts'
import { type Step, statement, step } from '../step.ts'

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
]

/** What a role has that it should not have, or lacks: what was found, and the option that mends it. */
const differences = (
  role: RoleFacts,
  wanted: Wanted,
  isLogin: boolean,
): [found: string, option: string][] => [
  ...(role.superuser ? [['SUPERUSER', 'nosuperuser'] as [string, string]] : []),
  ...(role.createDatabase ? [['CREATEDB', 'nocreatedb'] as [string, string]] : []),
  ...(role.createRole ? [['CREATEROLE', 'nocreaterole'] as [string, string]] : []),
  ...(role.replication ? [['REPLICATION', 'noreplication'] as [string, string]] : []),
  ...(role.bypassRowSecurity ? [['BYPASSRLS', 'nobypassrls'] as [string, string]] : []),
  ...(role.canLogIn && !isLogin ? [['LOGIN', 'nologin'] as [string, string]] : []),
  ...(role.inherit === wanted.inherit
    ? []
    : [
        (wanted.inherit ? ['NOINHERIT', 'inherit'] : ['INHERIT', 'noinherit']) satisfies string[] as [
          string,
          string,
        ],
      ]),
  ...(wanted.connectionLimit === null || role.connectionLimit === wanted.connectionLimit
    ? []
    : [
        [
          role.connectionLimit === -1 ? 'no connection limit' : `connection limit ${role.connectionLimit}`,
          `connection limit ${wanted.connectionLimit}`,
        ] as [string, string],
      ]),
]

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
  return step({
    ...about,
    found: wrong.map(([found]) => found),
    statements:
      wrong.length === 0
        ? []
        : [
            statement(
              sql`alter role ${identifier(wanted.name)} ${sql.raw(wrong.map(([, option]) => option).join(' '))}`,
            ),
          ],
  })
}

const units: Record<string, number> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of a setting as it was written: `30s`, `30000`, `1min`. Null: not to be read. */
const milliseconds = (text: string): number | null => {
  const [, digits, unit = 'ms'] = /^(\d+)\s*(ms|s|min|h|d)?$/.exec(text.trim()) ?? []
  const factor = units[unit]
  return digits === undefined || factor === undefined ? null : Number(digits) * factor
}

const limitsStep = (facts: ClusterFacts, login: string, settings: ProvisioningSettings): Step => {
  const wanted = [
    ['statement_timeout', settings.statementTimeout],
    ['idle_in_transaction_session_timeout', settings.idleInTransactionTimeout],
  ] as const
  const present = facts.roles.get(login)?.settings ?? []
  const wrong = wanted.flatMap(([name, seconds]) => {
    const found = present.find((setting) => setting.startsWith(`${name}=`))?.slice(name.length + 1)
    return found !== undefined && milliseconds(found) === seconds * 1000 ? [] : [{ name, seconds, found }]
  })
  return step({
    id: `limits ${login}`,
    title: `Time limits of ${login}`,
    why: 'A statement that hangs, or a transaction that is left open, ends by itself before it holds others up.',
    found: wrong.flatMap(({ name, found }) => (found === undefined ? [] : [`${name} = ${found}`])),
    statements: wrong.map(({ name, seconds }) =>
      statement(sql`alter role ${identifier(login)} set ${sql.id(name)} = ${sql.lit(`${seconds}s`)}`),
    ),
    refusal: mayAdminister(facts, login),
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
  ...groups.map(({ name }) => name),
  ...loginsOf(login),
  ...dbas,
]
