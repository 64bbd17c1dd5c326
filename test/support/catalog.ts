import { type Catalog, createCatalog } from '../../src/main/catalog/catalog.ts'
import type { CatalogDetail, CatalogObject } from '../../src/shared/catalog.ts'
import {
  catalogDetail,
  catalogListOutput,
  catalogSchemasOutput,
  schemaGroups,
} from '../../src/shared/catalog.ts'
import { catalogDiagram } from '../../src/shared/diagram.ts'
import type { TestDatabase } from './postgres.ts'
import { noAbort, openTestSession } from './session.ts'

/** A session's catalog whose answers are checked against the contract, as the router does. */
export type TestCatalog = Catalog & {
  /** Everything in the schemas that are not the system's, partitions at every level included. */
  everything(): Promise<CatalogObject[]>
  /** The one object of that name. */
  find(name: string): Promise<CatalogObject>
  detailOf(name: string): Promise<CatalogDetail>
  [Symbol.asyncDispose](): Promise<void>
}

export const openCatalog = async (
  on: Parameters<typeof openTestSession>[0],
  changes: Parameters<typeof openTestSession>[1] = {},
): Promise<TestCatalog> => {
  const session = await openTestSession(on, changes)
  const inner = createCatalog(session.database)
  const catalog: Catalog = {
    ...inner,
    schemas: async (...input) => catalogSchemasOutput.parse(await inner.schemas(...input)),
    group: async (...input) => catalogListOutput.parse(await inner.group(...input)),
    partitions: async (...input) => catalogListOutput.parse(await inner.partitions(...input)),
    search: async (...input) => catalogListOutput.parse(await inner.search(...input)),
    detail: async (...input) => catalogDetail.parse(await inner.detail(...input)),
    diagram: async (...input) => catalogDiagram.parse(await inner.diagram(...input)),
  }
  const below = async (objects: CatalogObject[]): Promise<CatalogObject[]> => {
    const all: CatalogObject[] = []
    for (const object of objects) {
      all.push(object)
      if (object.partitions > 0)
        all.push(...(await below(await catalog.partitions({ oid: object.oid }, noAbort()))))
    }
    return all
  }
  const everything = async () => {
    const all: CatalogObject[] = []
    for (const { name, isSystem } of await catalog.schemas(null, noAbort())) {
      if (isSystem) continue
      for (const group of schemaGroups) {
        all.push(...(await below(await catalog.group({ schema: name, group }, noAbort()))))
      }
    }
    return all
  }
  const find = async (name: string) => {
    const found = (await catalog.search({ text: name, limit: 200 }, noAbort())).filter(
      (object) => object.name === name && object.kind !== 'index' && object.schema !== 'pg_catalog',
    )
    const [object] = found
    if (object === undefined || found.length > 1)
      throw new Error(`${found.length} objects are called ${name}`)
    return object
  }
  return {
    ...catalog,
    everything,
    find,
    detailOf: async (name) => catalog.detail(await find(name), noAbort()),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

/** Runs a file of `test/support` in a database. */
export const runSql = async (on: TestDatabase, sql: string): Promise<void> => {
  const client = await on.client()
  await client.query(sql)
}
