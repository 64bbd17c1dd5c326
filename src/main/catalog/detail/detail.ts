import { sql } from 'kysely'
import type { CatalogDetail, CatalogObject, ObjectKind } from '../../../shared/catalog.ts'
import { ConsoleError } from '../../../shared/errors.ts'
import type { Database } from '../../session/database.ts'
import { objectsAt } from '../objects.ts'
import { catalogOf } from './address.ts'

/** Everything that the detail page of one object shows. Fails with `NOT_FOUND` when it was dropped meanwhile. */
export const readDetail = async (
  database: Database,
  { kind, oid }: { kind: ObjectKind; oid: string },
  knownName: string | null,
  signal: AbortSignal,
): Promise<CatalogDetail> => {
  const address = sql`(select ${sql.lit(catalogOf(kind))}::regclass as classid, ${oid}::oid as objid)`
  const [object] = await database.query<CatalogObject>(objectsAt(address), { signal })
  if (object === undefined) {
    throw new ConsoleError(
      'NOT_FOUND',
      `The ${kind} ${knownName ?? `with oid ${oid}`} no longer exists.`,
      'Reload the tree: it was dropped or replaced meanwhile.',
    )
  }
  return {
    object,
    owner: '',
    ddl: '',
    columns: [],
    constraints: [],
    indexes: [],
    triggers: [],
    policies: [],
    grants: [],
    dependencies: [],
    facts: [],
  }
}
