import type { Attributes, CatalogObject, Snapshot } from './catalog-object.ts'

/** A privilege that grants mention only from a version on: it came with that version's defaults. */
const withoutMaintain = (privileges: string): string | null =>
  privileges
    .split(', ')
    .filter((privilege) => privilege !== 'MAINTAIN' && privilege !== 'MAINTAIN WITH GRANT OPTION')
    .join(', ') || null

type Leave = (object: CatalogObject, name: string, value: string | null) => string | null | undefined

/** What of an attribute can be compared between two major versions; undefined: nothing. */
const rules: readonly { before: number; leave: Leave }[] = [
  // Until 14 everybody could create objects in public.
  {
    before: 150000,
    leave: ({ kind, identity }, name, value) =>
      kind === 'schema' && identity === 'public' && name === 'grants to PUBLIC' ? undefined : value,
  },
  // MAINTAIN came with 17.
  {
    before: 170000,
    leave: (_, name, value) =>
      name.startsWith('grants to ') && value !== null ? withoutMaintain(value) : value,
  },
]

const restrict = (object: CatalogObject, leaves: readonly Leave[]): CatalogObject => {
  const attributes: Attributes = Object.fromEntries(
    Object.entries(object.attributes).flatMap(([name, value]): [string, string | null][] => {
      let left: string | null | undefined = value
      for (const leave of leaves) if (left !== undefined) left = leave(object, name, left)
      // Extensions have versions of their own with each major version.
      return left === undefined || (object.kind === 'extension' && name === 'version') ? [] : [[name, left]]
    }),
  )
  return { ...object, attributes }
}

const major = ({ version }: Snapshot): number => Math.floor(version / 10000)

/** Two snapshots as far as both their servers' versions can say the same. Of the same major version: as they are. */
export const onCommonGround = (expected: Snapshot, actual: Snapshot): [Snapshot, Snapshot] => {
  if (major(expected) === major(actual)) return [expected, actual]
  const [older, newer] = [expected.version, actual.version].sort((a, b) => a - b)
  const leaves = rules.flatMap(({ before, leave }) =>
    (older ?? 0) < before && (newer ?? 0) >= before ? [leave] : [],
  )
  const restricted = ({ version, objects }: Snapshot): Snapshot => ({
    version,
    objects: new Map([...objects].map(([key, object]) => [key, restrict(object, leaves)])),
  })
  return [restricted(expected), restricted(actual)]
}
