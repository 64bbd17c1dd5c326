import type { RawBuilder } from 'kysely'
import type {
  CatalogDetail,
  CatalogObject,
  ObjectKind,
  SchemaGroup,
  SchemaSummary,
} from '../../shared/catalog.ts'
import type { CatalogDiagram } from '../../shared/diagram.ts'
import type { Database } from '../session/database.ts'
import { allDatabases } from './databases.ts'
import { readDetail } from './detail/detail.ts'
import { readDiagram } from './diagram.ts'
import { allExtensions } from './extensions.ts'
import { partitionsOf, relationsOf } from './relations.ts'
import { allRoles } from './roles.ts'
import { routinesOf } from './routines.ts'
import { schemaSummaries } from './schemas.ts'
import { searchObjects } from './search.ts'
import { typesOf } from './types.ts'

/** How many names are kept of objects that were listed: enough to name a dropped one, and never more than about 10 MB. */
const namesKept = 50_000

const objectsOf = (schema: string, group: SchemaGroup): RawBuilder<CatalogObject> => {
  switch (group) {
    case 'functions':
      return routinesOf(schema)
    case 'types':
      return typesOf(schema)
    default:
      return relationsOf(schema, group)
  }
}

/**
 * The objects of a session's database, read level by level as a tree is opened. Everything is listed, also what the role
 * may not read: that is marked, and its detail explains the missing grant.
 */
export const createCatalog = (database: Database) => {
  const names = new Map<string, string>()

  const list = async (statement: RawBuilder<CatalogObject>, signal: AbortSignal) => {
    const objects = await database.query<CatalogObject>(statement, { signal })
    if (names.size + objects.length > namesKept) names.clear()
    for (const { kind, oid, schema, name } of objects.slice(0, namesKept)) {
      names.set(`${kind} ${oid}`, schema === null ? name : `${schema}.${name}`)
    }
    return objects
  }

  return {
    schemas: (_: null, signal: AbortSignal): Promise<SchemaSummary[]> =>
      database.query<SchemaSummary>(schemaSummaries, { signal }),
    group: (input: { schema: string; group: SchemaGroup }, signal: AbortSignal) =>
      list(objectsOf(input.schema, input.group), signal),
    partitions: (input: { oid: string }, signal: AbortSignal) => list(partitionsOf(input.oid), signal),
    databases: (_: null, signal: AbortSignal) => list(allDatabases, signal),
    roles: (_: null, signal: AbortSignal) => list(allRoles, signal),
    extensions: (_: null, signal: AbortSignal) => list(allExtensions, signal),
    search: (input: { text: string; limit: number }, signal: AbortSignal) =>
      list(searchObjects(input.text, input.limit), signal),
    /** Fails with `NOT_FOUND` when the object was dropped meanwhile. */
    detail: (input: { kind: ObjectKind; oid: string }, signal: AbortSignal): Promise<CatalogDetail> =>
      readDetail(database, input, names.get(`${input.kind} ${input.oid}`) ?? null, signal),
    /** Fails with `NOT_FOUND` when there is no such schema. */
    diagram: (input: { schema: string }, signal: AbortSignal): Promise<CatalogDiagram> =>
      readDiagram(database, input.schema, signal),
  }
}

export type Catalog = ReturnType<typeof createCatalog>
