import type { CatalogObject, Snapshot } from './catalog-object.ts'

/** Only superusers create event triggers, and some extensions. */
const isSuperusers = ({ kind, definition }: CatalogObject): boolean =>
  kind === 'event trigger' || (kind === 'extension' && definition.superuser === 'true')

const nameOf = ({ kind, identity }: CatalogObject): string =>
  `${kind === 'extension' ? 'Extension' : 'Event trigger'} ${identity}`

/**
 * Takes out what is on one side only because of who ran the migrations: what only a superuser may create. A migration may go on
 * without it, and a superuser may have put it there before. Returns what to tell of it.
 */
export const withoutUndecided = (
  expected: Snapshot,
  actual: Snapshot,
): { expected: Snapshot; actual: Snapshot; notes: string[] } => {
  const undecided = (one: Snapshot, other: Snapshot): [string, CatalogObject][] =>
    [...one.objects].filter(([key, object]) => isSuperusers(object) && !other.objects.has(key))
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
      ...missing.map(([, object]) => `${nameOf(object)} is not here. ${because}`),
      ...unexpected.map(([, object]) => `${nameOf(object)} is here, and not in the shadow. ${because}`),
    ],
  }
}
