import type { Difference } from '../../../shared/migrations.ts'
import { type CatalogObject, keyOf, type Snapshot } from './catalog-object.ts'
import { inOrder, type Step } from './order.ts'

const isRelation = ({ kind }: Pick<CatalogObject, 'kind'>): boolean =>
  kind === 'table' || kind === 'foreign table' || kind === 'view' || kind === 'materialized view'

const columnsByRelation = ({ objects }: Snapshot): Map<string, CatalogObject[]> =>
  Map.groupBy(
    [...objects.values()].filter(({ kind }) => kind === 'column'),
    ({ parent }) => parent ?? '',
  )

/** What is said of an object when another one is there that needs it: a sequence's column, the index that a replica goes by. */
const lateStatements = ({ kind, identity, attributes }: CatalogObject): string[] => {
  const owner = attributes['owned by'] ?? null
  const [, index] = /^index (.*)$/s.exec(attributes['replica identity'] ?? '') ?? []
  return [
    ...(kind === 'sequence' && owner !== null ? [`ALTER SEQUENCE ${identity} OWNED BY ${owner};`] : []),
    ...(index === undefined ? [] : [`ALTER TABLE ${identity} REPLICA IDENTITY USING INDEX ${index};`]),
  ]
}

/**
 * The SQL that makes the migrations' database what the actual one is: the differences' own, each behind what it needs. Left are those
 * that a person must decide.
 */
export const adoption = (
  differences: readonly Difference[],
  actual: Snapshot,
): { sql: string; left: Difference[] } => {
  const columns = columnsByRelation(actual)
  const late: string[] = []
  const steps = differences.flatMap(({ kind, identity, mendMigrations }): Step[] => {
    if (mendMigrations === null) return []
    const key = `${kind} ${identity}`
    const object = actual.objects.get(key)
    if (object === undefined) return [{ makes: [key], needs: [], statements: [mendMigrations] }]
    let sql = mendMigrations
    for (const statement of lateStatements(object).filter((one) => sql.includes(one))) {
      sql = sql.replace(statement, '').trim()
      late.push(statement)
    }
    // A relation and its columns are made by one step, whatever any of them needs.
    const parts = isRelation(object) ? [object, ...(columns.get(identity) ?? [])] : [object]
    // The column that owns a sequence is no condition of it.
    const needs =
      kind === 'sequence'
        ? object.dependsOn.filter((on) => on.startsWith('schema '))
        : parts.flatMap(({ dependsOn }) => dependsOn)
    return [{ makes: parts.map(keyOf), needs, statements: sql === '' ? [] : [sql] }]
  })
  const sql = [...inOrder(steps).flatMap(({ statements }) => statements), ...late].join('\n\n')
  return { sql, left: differences.filter(({ mendMigrations }) => mendMigrations === null) }
}
