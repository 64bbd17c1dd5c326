import type { Difference, DriftWaiver } from '../../../shared/migrations.ts'
import type { CatalogObject, Snapshot } from './catalog-object.ts'

const covers = (waiver: DriftWaiver, { kind, identity }: Pick<Difference, 'kind' | 'identity'>): boolean =>
  waiver.kind === kind && waiver.identity === identity

/**
 * Adds to each difference the waivers that cover it. One of a whole object covers all of it and, where it is missing or unexpected,
 * what belongs to it; one of an attribute covers that one. A difference is waived when nothing of it is left.
 * @param waivers those that hold now
 */
export const withWaivers = (
  differences: readonly Difference[],
  waivers: readonly DriftWaiver[],
  sides: readonly Snapshot[],
): Difference[] => {
  const objectOf = (difference: Pick<Difference, 'kind' | 'identity'>): CatalogObject | undefined =>
    sides.flatMap(({ objects }) => objects.get(`${difference.kind} ${difference.identity}`) ?? [])[0]
  const waivedWhole = new Map<string, DriftWaiver[]>(
    differences.flatMap((difference) => {
      const found = waivers.filter((waiver) => waiver.attribute === null && covers(waiver, difference))
      return found.length > 0 && difference.change !== 'changed'
        ? [[`${difference.change} ${difference.identity}`, found] as const]
        : []
    }),
  )
  return differences.map((difference) => {
    const { change, attributes } = difference
    const parent = objectOf(difference)?.parent ?? null
    const own = waivers.filter((waiver) => covers(waiver, difference))
    const ofParent = parent === null ? [] : (waivedWhole.get(`${change} ${parent}`) ?? [])
    const found = [...own, ...ofParent]
    const isWhole = found.some(({ attribute }) => attribute === null)
    const named = new Set(found.map(({ attribute }) => attribute))
    const isEvery = change === 'changed' && attributes.every(({ name }) => named.has(name))
    return { ...difference, waivers: found, waived: isWhole || isEvery }
  })
}
