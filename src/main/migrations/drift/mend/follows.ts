import type { CatalogObject, ObjectKind, Snapshot } from '../catalog-object.ts'
import { relationOf } from './grants.ts'
import { defined, has, type Sides } from './sides.ts'
import { switched } from './triggers.ts'

const parts: ReadonlySet<ObjectKind> = new Set(['constraint', 'index', 'trigger'])

const tableOf = ({ parent }: CatalogObject, { objects }: Snapshot): CatalogObject | undefined =>
  objects.get(`table ${parent}`) ?? objects.get(`foreign table ${parent}`)

/** A constraint of a parent is its children's, and shows as their own when they part. */
const comesWithParent = (object: CatalogObject, { from, to }: Sides): boolean => {
  const [before, after] = [tableOf(object, from), tableOf(object, to)]
  return (
    parts.has(object.kind) &&
    before !== undefined &&
    after !== undefined &&
    (['partition of', 'inherits'] as const).some((name) => has(before, name) !== has(after, name))
  )
}

/** A trigger comes to a partition as that of its parent is switched, and may be switched otherwise there. */
const switchedApart = (trigger: CatalogObject, { to }: Sides): string[] => {
  const table = to.objects.get(`table ${trigger.parent}`)
  const parent = to.objects.get(
    `trigger ${defined(trigger, 'name')} on ${table === undefined ? '' : has(table, 'partition of')}`,
  )
  const isPlain = [trigger, parent].every((one) => one === undefined || has(one, 'enabled') === 'origin')
  return isPlain || !to.objects.has(`trigger ${trigger.identity}`) ? [] : [`${switched(trigger)};`]
}

/** What an object follows that nobody can change by itself, as a comment in the place of SQL; null: it stands for itself. */
export const follows = (object: CatalogObject, sides: Sides, names: ReadonlySet<string>): string | null => {
  if (object.kind === 'column') {
    const relation = relationOf(object, sides)
    const isOfQuery = relation?.kind === 'view' || relation?.kind === 'materialized view'
    return isOfQuery && names.has('type') ? `-- Follows the query of ${object.parent}.` : null
  }
  if (comesWithParent(object, sides)) return `-- Follows what ${object.parent} inherits.`
  const isThere = [sides.from, sides.to].every(({ objects }) =>
    objects.has(`${object.kind} ${object.identity}`),
  )
  if (object.kind === 'trigger' && has(object, 'inherited') === 'true' && !isThere)
    return [
      `-- Follows the trigger of the table that ${object.parent} is a partition of.`,
      ...switchedApart(object, sides),
    ].join('\n')
  return null
}
