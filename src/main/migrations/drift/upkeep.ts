import { keyOf, type Snapshot } from './catalog-object.ts'

/** Tables whose partitions come and go with time, by the database's own upkeep: `audit.make_months` makes those of the trail. */
const keptUp: readonly string[] = ['audit.event']

/**
 * Takes out the partitions that only one side has of a table that is kept up, with all that is theirs: they are data, and which there
 * are depends on the day. A partition that both have is compared like any other table. Returns what to tell of them.
 */
export const withoutUpkeep = (
  expected: Snapshot,
  actual: Snapshot,
): { expected: Snapshot; actual: Snapshot; notes: string[] } => {
  const onlyIn = (one: Snapshot, other: Snapshot): Set<string> =>
    new Set(
      [...one.objects.values()].flatMap((object) =>
        object.kind === 'table' &&
        keptUp.includes(object.attributes['partition of'] ?? '') &&
        !other.objects.has(keyOf(object))
          ? [object.identity]
          : [],
      ),
    )
  const without = ({ version, objects }: Snapshot, left: ReadonlySet<string>): Snapshot => ({
    version,
    objects: new Map(
      [...objects].filter(
        ([, { kind, identity, parent }]) =>
          !(kind === 'table' && left.has(identity)) && !left.has(parent ?? ''),
      ),
    ),
  })
  const missing = onlyIn(expected, actual)
  const unexpected = onlyIn(actual, expected)
  const told = ({ size }: ReadonlySet<string>, where: string) =>
    size === 0
      ? []
      : [`Months of ${keptUp.join(', ')} that are ${where}: ${size}. They are made as time goes by.`]
  return {
    expected: without(expected, missing),
    actual: without(actual, unexpected),
    notes: [...told(missing, 'not here'), ...told(unexpected, 'not in the shadow')],
  }
}
