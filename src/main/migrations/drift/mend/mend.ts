import type { Difference } from '../../../../shared/migrations.ts'
import type { CatalogObject, Snapshot } from '../catalog-object.ts'
import { follows } from './follows.ts'
import { changedGrants, isGrant } from './grants.ts'
import { comment, drop, make, owner } from './make.ts'
import { menders } from './menders.ts'
import { renew, retype } from './renew.ts'
import { type Change, has, type Sides } from './sides.ts'

const isCommon = (name: string): boolean => name === 'owner' || name === 'comment' || isGrant(name)

const change = (whole: Change): string[] | null => {
  const { to, names } = whole
  const own = { ...whole, names: new Set([...names].filter((name) => !isCommon(name))) }
  const altered = own.names.size === 0 ? [] : (menders[to.kind].alter?.(own) ?? null)
  // What is made anew has its owner, comment and grants again.
  if (altered === null) return renew(whole)
  const statements = [
    ...(names.has('owner') ? owner(to) : []),
    ...altered,
    ...changedGrants(whole),
    ...(names.has('comment') ? [comment(to)] : []),
  ]
  const retyped = to.kind === 'column' && (names.has('type') || names.has('collation'))
  return retyped ? retype(whole, statements) : statements
}

const script = (statements: readonly string[]): string =>
  statements.map((statement) => `${statement};`).join('\n')

const warned = (object: CatalogObject, statements: readonly string[]): string => {
  const loss = menders[object.kind].takesAway?.(object)
  return `${loss === undefined ? '' : `-- Takes away ${loss}.\n`}${script(statements)}`
}

/** SQL that makes one object of `from` what it is in `to`. */
const mend = (key: string, names: ReadonlySet<string>, sides: Sides): string | null => {
  const [from, to] = [sides.from.objects.get(key), sides.to.objects.get(key)]
  const object = to ?? from
  if (object === undefined) return null
  const changed = from !== undefined && to !== undefined ? { from, to, names, sides } : null
  const told = follows(object, sides, names)
  if (told !== null) return told
  if (to === undefined) return warned(object, drop(object, sides))
  const statements = changed === null ? make(to, sides) : change(changed)
  if (statements === null || statements.length === 0) return null
  const isComputedNow = names.has('generated') && changed !== null && has(changed.from, 'generated') === null
  return isComputedNow ? warned(to, statements) : script(statements)
}

/**
 * Adds the SQL that mends each difference either way, as one text of statements in the order in which they run. What takes data away says
 * so in a comment at its beginning; what follows another object is a comment alone. Null where a person must decide.
 */
export const withMends = (
  differences: readonly Difference[],
  expected: Snapshot,
  actual: Snapshot,
): Difference[] =>
  differences.map((difference) => {
    const key = `${difference.kind} ${difference.identity}`
    // What differs was found by meaning; the texts of the snapshots may differ in more.
    const names = new Set(difference.attributes.map(({ name }) => name))
    return {
      ...difference,
      mendDatabase: mend(key, names, { from: actual, to: expected }),
      mendMigrations: mend(key, names, { from: expected, to: actual }),
    }
  })
