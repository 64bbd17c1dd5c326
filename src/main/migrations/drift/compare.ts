import type { Difference } from '../../../shared/migrations.ts'
import { meansTheSame } from './canonical.ts'
import { type CatalogObject, objectKinds, type Snapshot } from './catalog-object.ts'
import { onCommonGround } from './common-ground.ts'

type AttributeDifference = Difference['attributes'][number]

const attributesOf = ({ attributes }: CatalogObject): [string, string][] =>
  Object.entries(attributes).flatMap(([name, value]) => (value === null ? [] : [[name, value]]))

const changedAttributes = async (
  expected: CatalogObject,
  actual: CatalogObject,
): Promise<AttributeDifference[]> => {
  const changed: AttributeDifference[] = []
  for (const name of new Set([...Object.keys(expected.attributes), ...Object.keys(actual.attributes)])) {
    const [wanted, found] = [expected.attributes[name] ?? null, actual.attributes[name] ?? null]
    if (wanted === found) continue
    if (wanted !== null && found !== null && (await meansTheSame(expected.kind, name, wanted, found)))
      continue
    changed.push({ name, expected: wanted, actual: found })
  }
  return changed
}

/** Columns are a part of the relation that is missing or unexpected as a whole. */
const isPartOf = ({ kind, parent }: CatalogObject, { objects }: Snapshot): boolean =>
  kind === 'column' &&
  parent !== null &&
  !(['table', 'foreign table', 'view', 'materialized view'] as const).some((relation) =>
    objects.has(`${relation} ${parent}`),
  )

/**
 * What differs, kind by kind and by identity. Waivers and mending SQL are added by others. Between servers of different major
 * versions only that is compared which both know.
 */
export const compareSnapshots = async (
  expectedSnapshot: Snapshot,
  actualSnapshot: Snapshot,
): Promise<Difference[]> => {
  const [expected, actual] = onCommonGround(expectedSnapshot, actualSnapshot)
  const differences: Difference[] = []
  const add = (
    { kind, identity }: CatalogObject,
    change: Difference['change'],
    attributes: AttributeDifference[],
  ) =>
    differences.push({
      kind,
      identity,
      change,
      attributes,
      mendDatabase: null,
      mendMigrations: null,
      waivers: [],
      waived: false,
    })

  for (const [key, object] of expected.objects) {
    const found = actual.objects.get(key)
    if (found === undefined) {
      if (isPartOf(object, actual)) continue
      add(
        object,
        'missing',
        attributesOf(object).map(([name, value]) => ({ name, expected: value, actual: null })),
      )
      continue
    }
    const changed = await changedAttributes(object, found)
    if (changed.length > 0) add(object, 'changed', changed)
  }
  for (const [key, object] of actual.objects) {
    if (expected.objects.has(key) || isPartOf(object, expected)) continue
    add(
      object,
      'unexpected',
      attributesOf(object).map(([name, value]) => ({ name, expected: null, actual: value })),
    )
  }
  const places = new Map<string, number>(objectKinds.map((kind, index) => [kind, index]))
  return differences.sort(
    (a, b) =>
      (places.get(a.kind) ?? 0) - (places.get(b.kind) ?? 0) ||
      (a.identity < b.identity ? -1 : Number(a.identity > b.identity)),
  )
}
