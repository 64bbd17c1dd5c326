import { sql } from 'kysely'
import {
  ownerRole,
  type ProvisioningSettings,
  peopleRoles,
  sealerRole,
  serviceRole,
  verifierRole,
} from '../../../../shared/provisioning.ts'
import { identifier } from '../../../session/identifier.ts'
import { mayBecomeOwner, quoted } from '../authority.ts'
import type { ClusterFacts } from '../cluster-facts.ts'
import { type Step, statement, step } from '../step.ts'
import { settingOf } from './limits.ts'

/** UTF-8 whatever the server's own encoding is; only the locale C goes with every encoding. */
const encodingOptions = ({ templateEncoding }: ClusterFacts): string =>
  templateEncoding === 'UTF8' ? '' : " encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"

const createStep = (facts: ClusterFacts, name: string): Step =>
  step({
    id: 'database',
    title: `Database ${name}`,
    why: 'From template0, which holds nothing of anybody else, and owned by a role that nobody logs in as.',
    after: [`role ${ownerRole}`],
    needsOwner: true,
    alone: true,
    statements: [
      statement(
        sql`create database ${identifier(name)} owner ${identifier(ownerRole)} template template0${sql.raw(encodingOptions(facts))}`,
      ),
    ],
    refusal:
      facts.isSuperuser || facts.mayCreateDatabases
        ? mayBecomeOwner(facts)
        : `"${facts.me}" has no CREATEDB. Let a superuser run: alter role ${quoted(facts.me)} createdb;`,
  })

const ownStep = (facts: ClusterFacts, name: string, owner: string): Step => {
  const isRight = owner === ownerRole
  const refusal = () => {
    if (facts.isSuperuser) return null
    if (owner !== facts.me || !facts.mayCreateDatabases) {
      return `Its owner is "${owner}". Let a superuser run: alter database ${quoted(name)} owner to ${ownerRole};`
    }
    return mayBecomeOwner(facts)
  }
  return step({
    id: 'database',
    title: `Database ${name}`,
    why: 'Owned by a role that nobody logs in as.',
    after: [`role ${ownerRole}`],
    needsOwner: true,
    found: isRight ? [] : [`owner ${owner}`],
    statements: isRight
      ? []
      : [statement(sql`alter database ${identifier(name)} owner to ${identifier(ownerRole)}`)],
    refusal: refusal(),
  })
}

const groupGrants: [role: string, privileges: string[]][] = [
  [serviceRole, ['CONNECT']],
  [sealerRole, ['CONNECT']],
  [verifierRole, ['CONNECT']],
  ...peopleRoles.map((role): [string, string[]] => [
    role,
    role === 'viruj_dba' ? ['CONNECT', 'TEMPORARY'] : ['CONNECT'],
  ]),
]

/** Whether a privilege on the database was granted; the owner of a database that is still to be made has all. */
const isGranted = ({ database }: ClusterFacts, grantee: string, privilege: string): boolean =>
  database?.granted.some((given) => given.grantee === grantee && given.privilege === privilege) ?? false

const grantSteps = (facts: ClusterFacts, name: string): Step[] => {
  const asOwner = { as: 'owner', refusal: mayBecomeOwner(facts) } as const
  const open = (facts.database?.granted ?? [])
    .filter(({ grantee }) => grantee === '')
    .map(({ privilege }) => privilege)
  const missing = groupGrants
    .map(([role, privileges]) => ({
      role,
      privileges: privileges.filter((privilege) => !isGranted(facts, role, privilege)),
    }))
    .filter(({ privileges }) => privileges.length > 0)
  const grant = (privileges: string[], role: string) =>
    statement(
      sql`grant ${sql.raw(privileges.join(', ').toLowerCase())} on database ${identifier(name)} to ${identifier(role)}`,
    )
  return [
    step({
      ...asOwner,
      id: 'connect',
      title: 'The groups may connect',
      why: 'By name, since PUBLIC may not. Only DBAs may make temporary tables.',
      after: ['database', ...groupGrants.map(([role]) => `role ${role}`)],
      statements: missing.map(({ role, privileges }) => grant(privileges, role)),
    }),
    // A superuser may anyway.
    ...(facts.isSuperuser
      ? []
      : [
          step({
            ...asOwner,
            id: 'connect me',
            title: `${facts.me} may connect`,
            why: 'To look after the inside of the database, now and the next time.',
            after: ['database'],
            statements: isGranted(facts, facts.me, 'CONNECT') ? [] : [grant(['CONNECT'], facts.me)],
          }),
        ]),
    step({
      ...asOwner,
      id: 'public database',
      title: 'PUBLIC may not connect',
      why: 'PostgreSQL lets every role of the server into every database, unless it is told not to.',
      after: ['connect'],
      found: open.map((privilege) => `${privilege} to PUBLIC`),
      statements:
        facts.database !== null && open.length === 0
          ? []
          : [statement(sql`revoke all on database ${identifier(name)} from public`)],
    }),
  ]
}

const encryptionStep = (facts: ClusterFacts, name: string): Step => {
  const present = settingOf(facts.database?.settings ?? [], 'password_encryption')
  return step({
    id: 'password encryption',
    title: 'Passwords are stored as SCRAM',
    why: 'Those that are set while connected to this database, whatever the server does elsewhere.',
    as: 'owner',
    after: ['database'],
    found: present === undefined || present === 'scram-sha-256' ? [] : [`password_encryption = ${present}`],
    statements:
      present === 'scram-sha-256'
        ? []
        : [statement(sql`alter database ${identifier(name)} set password_encryption = 'scram-sha-256'`)],
    refusal: mayBecomeOwner(facts),
  })
}

/** The database as a whole: that it is there, whose it is, who may connect. */
export const databaseSteps = (facts: ClusterFacts, { database: name }: ProvisioningSettings): Step[] => [
  facts.database === null ? createStep(facts, name) : ownStep(facts, name, facts.database.owner),
  ...grantSteps(facts, name),
  encryptionStep(facts, name),
]
