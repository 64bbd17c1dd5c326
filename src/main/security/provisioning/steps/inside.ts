import { sql } from 'kysely'
import { ownerRole, type ProvisioningSettings } from '../../../../shared/provisioning.ts'
import { presets } from '../../../../shared/provisioning-presets.ts'
import { identifier } from '../../../session/identifier.ts'
import { mayBecomeOwner } from '../authority.ts'
import type { ClusterFacts } from '../cluster-facts.ts'
import type { DatabaseFacts } from '../database-facts.ts'
import { type Step, statement, step } from '../step.ts'

/** The owner of a database is a member of this role while it is in it, and in no other one. */
const databaseOwner = 'pg_database_owner'

const publicSteps = (facts: ClusterFacts, { publicSchema }: DatabaseFacts): Step[] => {
  if (publicSchema === null) return []
  const { owner, open } = publicSchema
  const isOwned = owner === databaseOwner || owner === ownerRole
  return [
    step({
      id: 'schema public owner',
      title: 'The schema public is the owner’s',
      why: 'Only its owner can close it. Up to 14 it belongs to the superuser that made the server.',
      where: 'database',
      after: ['database'],
      found: isOwned || owner === '' ? [] : [`owner ${owner}`],
      statements: isOwned ? [] : [statement(sql`alter schema public owner to ${identifier(databaseOwner)}`)],
      refusal: facts.isSuperuser
        ? null
        : `Let a superuser run in this database: alter schema public owner to ${databaseOwner};`,
    }),
    step({
      id: 'schema public',
      title: 'PUBLIC may not use the schema public',
      why: 'Nobody creates or finds anything there who was not told so by name; migrations open it to the groups.',
      where: 'database',
      as: 'owner',
      after: ['database', 'schema public owner'],
      found: open.map((privilege) => `${privilege} to PUBLIC`),
      statements: open.length === 0 ? [] : [statement(sql`revoke all on schema public from public`)],
      refusal: mayBecomeOwner(facts),
    }),
  ]
}

const extensionRefusal = (
  facts: ClusterFacts,
  { preset, database }: ProvisioningSettings,
  { statistics }: DatabaseFacts,
): string | null => {
  if (facts.isSuperuser || !statistics.needsSuperuser || presets[preset].createsExtensions) return null
  return `Only a superuser may. Let one run in "${database}": create extension pg_stat_statements schema ops; or go on without statement statistics.`
}

/** Of the extension, since 14. Named one by one: the migrations' own tables lie beside them. */
const views = 'ops.pg_stat_statements, ops.pg_stat_statements_info'

const readersRefusal = ({ database }: ProvisioningSettings): string =>
  `They belong to who created the extension. Let a superuser run in "${database}": revoke all on ${views} from public; grant select on ${views} to viruj_dba;`

const statisticsSteps = (
  facts: ClusterFacts,
  settings: ProvisioningSettings,
  inside: DatabaseFacts,
): Step[] => {
  const { schema, available, open, readable } = inside.statistics
  // What a service installed elsewhere stays where it is: it is not ours to move, and migrations do not need it.
  if (!settings.statistics || (schema !== null && schema !== 'ops')) return []
  const ops = step({
    id: 'schema ops',
    title: 'Schema ops',
    why: 'Apart from the ERP’s tables, for what running the database needs. Only DBAs may use it.',
    where: 'database',
    as: 'owner',
    after: ['database'],
    statements: inside.opsOwner === null ? [statement(sql`create schema ops`)] : [],
    refusal: mayBecomeOwner(facts),
  })
  if (!available) return [ops]
  const extension = extensionRefusal(facts, settings, inside)
  return [
    ops,
    step({
      id: 'statistics',
      title: 'Statement statistics',
      why: 'pg_stat_statements finds the statements that cost most.',
      where: 'database',
      needsOwner: true,
      after: ['schema ops'],
      statements:
        schema === null
          ? [statement(sql`create extension ${identifier('pg_stat_statements')} with schema ops`)]
          : [],
      refusal: extension,
    }),
    step({
      id: 'statistics readers',
      title: 'Only DBAs see the statistics',
      why: 'They hold the statements of everybody; PostgreSQL shows them to PUBLIC.',
      where: 'database',
      after: ['statistics', 'role viruj_dba'],
      found: open ? ['SELECT to PUBLIC'] : [],
      statements:
        schema !== null && !open && readable
          ? []
          : [
              statement(sql`revoke all on ${sql.raw(views)} from public`),
              statement(sql`grant select on ${sql.raw(views)} to viruj_dba`),
            ],
      refusal: schema === null || extension === null ? extension : readersRefusal(settings),
    }),
  ]
}

/** What is to be done inside the database. */
export const insideSteps = (
  facts: ClusterFacts,
  settings: ProvisioningSettings,
  inside: DatabaseFacts,
): Step[] => [...publicSteps(facts, inside), ...statisticsSteps(facts, settings, inside)]

/** Stands for all of the inside of a database that the session's role cannot look into. */
export const unseenInside = (reason: string): Step[] => [
  step({
    id: 'inside',
    title: 'Schemas and statistics',
    why: 'What PUBLIC may do inside the database, and who sees the statistics.',
    where: 'database',
    statements: [() => '-- not known before this role may connect'],
    refusal: reason,
  }),
]
