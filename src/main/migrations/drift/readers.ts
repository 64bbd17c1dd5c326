import type { KindReader } from './kind-reader.ts'
import { casts } from './kinds/casts.ts'
import { collations } from './kinds/collations.ts'
import { columns } from './kinds/columns.ts'
import { constraints } from './kinds/constraints.ts'
import { defaultPrivileges } from './kinds/default-privileges.ts'
import { domains } from './kinds/domains.ts'
import { eventTriggers } from './kinds/event-triggers.ts'
import { extensions } from './kinds/extensions.ts'
import { foreign } from './kinds/foreign.ts'
import { indexes } from './kinds/indexes.ts'
import { operators } from './kinds/operators.ts'
import { policies } from './kinds/policies.ts'
import { publications } from './kinds/publications.ts'
import { relations } from './kinds/relations.ts'
import { routines } from './kinds/routines.ts'
import { rules } from './kinds/rules.ts'
import { schemas } from './kinds/schemas.ts'
import { sequences } from './kinds/sequences.ts'
import { statistics } from './kinds/statistics.ts'
import { textSearch } from './kinds/text-search.ts'
import { triggers } from './kinds/triggers.ts'
import { types } from './kinds/types.ts'

/** One statement each. */
export const readers: readonly KindReader[] = [
  schemas,
  extensions,
  types,
  domains,
  collations,
  routines,
  operators,
  casts,
  textSearch,
  foreign,
  sequences,
  relations,
  columns,
  constraints,
  indexes,
  statistics,
  triggers,
  rules,
  policies,
  eventTriggers,
  publications,
  defaultPrivileges,
]
