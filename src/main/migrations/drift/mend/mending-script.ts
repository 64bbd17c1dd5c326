import type { Difference } from '../../../../shared/migrations.ts'
import { keyOf, type Snapshot } from '../catalog-object.ts'
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

const steps = (
  differences: readonly Difference[],
  mended: 'mendDatabase' | 'mendMigrations',
  { from, to }: Sides,
): Step[] => {
  const dependents = dependentsIn(from)
  const drops: Step[] = []
  const others: Step[] = []
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
      const parts = from.objects.has(key) ? [key] : withColumns(key, to)
      const needs = parts.flatMap((part) => to.objects.get(part)?.dependsOn ?? [])
      others.push({ makes: parts, needs: needs.filter((need) => !parts.includes(need)), statements: [sql] })
    }
  }
  return [...drops, ...others]
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
