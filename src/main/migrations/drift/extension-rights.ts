import type { CatalogObject, Snapshot } from './catalog-object.ts'

/**
 * Takes out the extensions that are on one side only because of who ran the migrations: those that only a superuser may create. A
 * migration may go on without one, and a superuser may have put one there before. Returns what to tell of them.
 */
export const withoutUndecided = (
  expected: Snapshot,
  actual: Snapshot,
): { expected: Snapshot; actual: Snapshot; notes: string[] } => {
  const undecided = (one: Snapshot, other: Snapshot): [string, CatalogObject][] =>
    [...one.objects].filter(
      ([key, { kind, definition }]) =>
        kind === 'extension' && definition.superuser === 'true' && !other.objects.has(key),
    )
  const missing = undecided(expected, actual)
  const unexpected = undecided(actual, expected)
  const left = new Set([...missing, ...unexpected].map(([key]) => key))
  const without = ({ version, objects }: Snapshot): Snapshot => ({
    version,
    objects: new Map([...objects].filter(([key]) => !left.has(key))),
  })
  const because = 'Only a superuser can create it, so the migrations alone do not decide.'
  return {
    expected: without(expected),
    actual: without(actual),
    notes: [
      ...missing.map(([, { identity }]) => `Extension ${identity} is not here. ${because}`),
      ...unexpected.map(
        ([, { identity }]) => `Extension ${identity} is here, and not in the shadow. ${because}`,
      ),
    ],
  }
}
