import { sql } from 'kysely'
import type { CatalogDetail, ObjectKind } from '../../../shared/catalog.ts'
import { ConsoleError } from '../../../shared/errors.ts'
import type { Database } from '../../session/database.ts'
import { readDdl } from '../ddl/ddl.ts'
import { objectsAt } from '../objects.ts'
import { catalogOf } from './address.ts'
import { columnsOf } from './columns.ts'
import { constraintsOf } from './constraints.ts'
import { readDependencies } from './dependencies.ts'
import { type Fact, factsOf } from './facts.ts'
import { grantsOf } from './grants.ts'
import { indexesOf } from './indexes.ts'
import { missingGrants } from './missing-grants.ts'
import { policiesOf } from './policies.ts'
import { type Read, subjectOf } from './subject.ts'
import { triggersOf } from './triggers.ts'

const relationKinds: ReadonlySet<ObjectKind> = new Set([
  'table',
  'partitioned table',
  'view',
  'materialized view',
  'foreign table',
])

const gone = (kind: ObjectKind, name: string) =>
  new ConsoleError(
    'NOT_FOUND',
    `The ${kind} ${name} no longer exists.`,
    'Reload the tree: it was dropped or replaced meanwhile.',
  )

/** What DDL alone needs does not leave this process. */
const shown = <Part extends { inline: unknown; statements: unknown }>({
  inline: _,
  statements: __,
  ...part
}: Part) => part

const readParts = async (read: Read, kind: ObjectKind, oid: string, knownName: string) => {
  const [[object], [subject]] = await Promise.all([
    read(objectsAt(sql`(select ${sql.lit(catalogOf(kind))}::regclass as classid, ${oid}::oid as objid)`)),
    read(subjectOf(kind, oid)),
  ])
  if (object === undefined || subject === undefined) throw gone(kind, knownName)
  const [columns, constraints, indexes, triggers, policies] = relationKinds.has(object.kind)
    ? await Promise.all([
        read(columnsOf(subject)),
        read(constraintsOf(subject)),
        read(indexesOf(subject)),
        read(triggersOf(subject)),
        read(policiesOf(subject)),
      ])
    : [[], [], [], [], []]
  return { object, subject, parts: { columns, constraints, indexes, triggers, policies } }
}

/**
 * Everything that the detail page of one object shows. Fails with `NOT_FOUND` when it was dropped meanwhile, and with
 * `LOCK_TIMEOUT` and the holder's name when somebody has locked it against readers.
 * @param knownName how the object was called when it was listed
 */
export const readDetail = async (
  database: Database,
  { kind, oid }: { kind: ObjectKind; oid: string },
  knownName: string | null,
  signal: AbortSignal,
): Promise<CatalogDetail> => {
  const failed = new AbortController()
  const read: Read = (statement) =>
    database.query(statement, { signal: AbortSignal.any([signal, failed.signal]) })
  try {
    const { object, subject, parts } = await readParts(read, kind, oid, knownName ?? `with oid ${oid}`)
    const [ddl, grants, dependencies, facts, missing] = await Promise.all([
      readDdl(read, object.kind, subject, object.comment, parts),
      object.kind === 'index' || object.kind === 'extension' ? [] : read(grantsOf(object.kind, oid)),
      readDependencies(read, object.kind, oid),
      read(factsOf(object.kind, oid)),
      object.accessible ? [] : read(missingGrants(object, subject)),
    ])
    return {
      object,
      owner: subject.owner,
      ddl,
      columns: parts.columns.map(shown),
      constraints: parts.constraints.map(shown),
      indexes: parts.indexes.map(shown),
      triggers: parts.triggers.map(shown),
      policies: parts.policies.map(shown),
      grants,
      dependencies,
      facts: [
        ...missing.map(({ statement }): Fact => ({ label: 'Missing grant', text: statement, bytes: null })),
        ...facts,
      ],
    }
  } finally {
    // One part failed: what the others still wait for is of no use.
    failed.abort()
  }
}
