import type { Difference } from '../../../../shared/migrations.ts'
import { type CatalogObject, keyOf, type Snapshot } from '../catalog-object.ts'
import { inOrder, type Step } from '../order.ts'
import type { Sides } from './sides.ts'

const gone = (key: string): string => `gone ${key}`

/** Keys of what needs each object. */
const dependentsIn = ({ objects }: Snapshot): Map<string, string[]> => {
  const dependents = new Map<string, string[]>()
  for (const object of objects.values())
    for (const key of object.dependsOn) dependents.set(key, [...(dependents.get(key) ?? []), keyOf(object)])
  return dependents
}

/** Keys of an object with its columns, which come and go with it. */
const withColumns = (key: string, { objects }: Snapshot): string[] => {
  const { identity } = objects.get(key) ?? {}
  const columns = [...objects.values()].filter(({ kind, parent }) => kind === 'column' && parent === identity)
  return [key, ...columns.map(keyOf)]
}

/** What is said of a new object when another one is there that needs it: a sequence's column, the index that a replica goes by. */
const lateStatements = ({ kind, identity, attributes }: CatalogObject): string[] => {
  const owner = attributes['owned by'] ?? null
  const [, index] = /^index (.*)$/s.exec(attributes['replica identity'] ?? '') ?? []
  return [
    ...(kind === 'sequence' && owner !== null ? [`ALTER SEQUENCE ${identity} OWNED BY ${owner};`] : []),
    ...(index === undefined ? [] : [`ALTER TABLE ${identity} REPLICA IDENTITY USING INDEX ${index};`]),
  ]
}

/** The SQL of a new object without what comes late, and that. */
const parted = (object: CatalogObject, sql: string): { sql: string; late: string[] } => {
  const late = lateStatements(object).filter((statement) => sql.includes(statement))
  const now = late.reduce((left, statement) => left.replace(statement, '').trim(), sql)
  return { sql: now, late }
}

/** Whether a key is that of the column that owns a sequence, or of its table. */
const isOf = (key: string, { attributes }: CatalogObject): boolean => {
  const owner = attributes['owned by'] ?? ''
  return (
    key === `column ${owner}` ||
    (key.startsWith('table ') && owner.startsWith(`${key.slice('table '.length)}.`))
  )
}

const steps = (
  differences: readonly Difference[],
  mended: 'mendDatabase' | 'mendMigrations',
  { from, to }: Sides,
): Step[] => {
  const dependents = dependentsIn(from)
  const drops: Step[] = []
  const others: Step[] = []
  const last: string[] = []
  for (const difference of differences) {
    const sql = difference[mended]
    if (sql === null) continue
    const key = `${difference.kind} ${difference.identity}`
    const object = to.objects.get(key)
    if (object === undefined) {
      // What needs it goes before it, or is changed so that it does not need it any more.
      const needs = withColumns(key, from).flatMap((part) => dependents.get(part) ?? [])
      drops.unshift({
        makes: [gone(key)],
        needs: needs.flatMap((one) => [gone(one), one]),
        statements: [sql],
      })
    } else {
      const isNew = !from.objects.has(key)
      const parts = isNew ? withColumns(key, to) : [key]
      const { sql: now, late } = isNew ? parted(object, sql) : { sql, late: [] }
      last.push(...late)
      const needs = parts
        .flatMap((part) => to.objects.get(part)?.dependsOn ?? [])
        // The column that owns a sequence comes behind it.
        .filter(
          (need) =>
            !parts.includes(need) && !(late.length > 0 && object.kind === 'sequence' && isOf(need, object)),
        )
      others.push({ makes: parts, needs, statements: now === '' ? [] : [now] })
    }
  }
  return [
    ...drops,
    ...others,
    { makes: ['late statements'], needs: others.flatMap(({ makes }) => makes), statements: last },
  ]
}

/**
 * All mends of one side as one script, each behind what it needs. Where a person must decide there is nothing.
 * @param differences with their mends
 */
export const mendingScript = (
  differences: readonly Difference[],
  mended: 'mendDatabase' | 'mendMigrations',
  expected: Snapshot,
  actual: Snapshot,
): string => {
  const sides = mended === 'mendDatabase' ? { from: actual, to: expected } : { from: expected, to: actual }
  return inOrder(steps(differences, mended, sides))
    .flatMap(({ statements }) => statements)
    .join('\n\n')
}
