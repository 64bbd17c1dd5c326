import type { ObjectKind } from '../catalog-object.ts'
import { casts, conversions, languages, transforms } from './casts.ts'
import { columns } from './columns.ts'
import { constraints, domainConstraints } from './constraints.ts'
import { defaultPrivileges } from './default-privileges.ts'
import { extensions } from './extensions.ts'
import { servers, userMappings, wrappers } from './foreign.ts'
import { indexes, statistics } from './indexes.ts'
import type { Mender } from './mender.ts'
import { accessMethods, operatorClasses, operatorFamilies, operators } from './operators.ts'
import { publications } from './publications.ts'
import { tables, views } from './relations.ts'
import { aggregates, routines } from './routines.ts'
import { schemas } from './schemas.ts'
import { sequences } from './sequences.ts'
import { configurations, dictionaries, parsers, templates } from './text-search.ts'
import { eventTriggers, policies, rules, triggers } from './triggers.ts'
import { collations, domains, types } from './types.ts'

/** The database itself is neither made nor dropped by migrations. */
const database: Mender = { create: () => null, drop: () => [] }

/** One for every kind. */
export const menders: Readonly<Record<ObjectKind, Mender>> = {
  database,
  schema: schemas,
  extension: extensions,
  language: languages,
  type: types,
  domain: domains,
  'domain constraint': domainConstraints,
  collation: collations,
  function: routines,
  procedure: routines,
  aggregate: aggregates,
  operator: operators,
  'operator family': operatorFamilies,
  'operator class': operatorClasses,
  cast: casts,
  conversion: conversions,
  transform: transforms,
  'access method': accessMethods,
  'text search parser': parsers,
  'text search template': templates,
  'text search dictionary': dictionaries,
  'text search configuration': configurations,
  'foreign-data wrapper': wrappers,
  'foreign server': servers,
  'user mapping': userMappings,
  sequence: sequences,
  table: tables,
  'foreign table': tables,
  view: views,
  'materialized view': views,
  column: columns,
  constraint: constraints,
  index: indexes,
  statistics,
  trigger: triggers,
  rule: rules,
  policy: policies,
  'event trigger': eventTriggers,
  publication: publications,
  'default privileges': defaultPrivileges,
}
