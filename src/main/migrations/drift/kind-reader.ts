import type { Attributes, ObjectKind } from './catalog-object.ts'

/** An object as a reader's SQL returns it, with its address in the catalogs, by which dependencies find it. */
export type ObjectRow = {
  kind: ObjectKind
  identity: string
  parent: string | null
  /** `pg_class` …, whose row it is; its oid; the number of a column, else 0. */
  catalog: string
  oid: string
  part: number
  attributes: Attributes
  definition: Attributes
}

/**
 * One statement that reads all objects of some kinds at once, as `ObjectRow`s. It runs with `pg_catalog` alone on the path, so that
 * everything is printed with its schema.
 * @param version `server_version_num`
 */
export type KindReader = (version: number) => string
