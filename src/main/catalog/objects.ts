import { type RawBuilder, sql } from 'kysely'
import type { CatalogObject } from '../../shared/catalog.ts'
import { databaseObjects } from './databases.ts'
import { extensionObjects } from './extensions.ts'
import { relationObjects } from './relations.ts'
import { roleObjects } from './roles.ts'
import { routineObjects } from './routines.ts'
import { schemaObjects } from './schemas.ts'
import { typeObjects } from './types.ts'

/**
 * `CatalogObject` rows of objects of any kind, named as `pg_depend` does.
 * @param addresses a relation in scope with the columns `classid` and `objid`
 */
export const objectsAt = (addresses: RawBuilder<unknown>): RawBuilder<CatalogObject> => {
  const of = (catalog: string) =>
    sql`(select a.objid from ${addresses} a where a.classid = ${sql.lit(`pg_catalog.${catalog}`)}::regclass)`
  return sql`
  ${relationObjects(sql`c.oid in ${of('pg_class')}`)} union all
  ${routineObjects(sql`p.oid in ${of('pg_proc')}`)} union all
  ${typeObjects(sql`t.oid in ${of('pg_type')}`)} union all
  ${schemaObjects(sql`n.oid in ${of('pg_namespace')}`)} union all
  ${roleObjects(sql`r.oid in ${of('pg_authid')}`)} union all
  ${databaseObjects(sql`b.oid in ${of('pg_database')}`)} union all
  ${extensionObjects(sql`e.oid in ${of('pg_extension')}`)}`
}
