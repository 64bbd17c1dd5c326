import type { ColumnDef, Node, TypeName } from 'libpg-query'
import type { Column } from './relations.ts'
import { bodyOf, columnOf } from './tree.ts'
import { type Types, typeText, typmodOf } from './types.ts'

/** Whether all rows are written anew, and why. */
type TypeChange = {
  rewrites: boolean
  /** Indexes on it are built anew though the rows stay. */
  rebuildsIndexes: boolean
  why: string
}

const rewrite = (why: string): TypeChange => ({ rewrites: true, rebuildsIndexes: true, why })
const keep = (why: string, rebuildsIndexes = false): TypeChange => ({ rewrites: false, rebuildsIndexes, why })

/** Types that share their operator classes: their indexes stay valid. */
const sameOrder = new Set(['text', 'varchar'])

/** Whether each value of the old modifier is, byte by byte, one of the new. */
const widens = (internal: string, from: number, to: number): boolean => {
  if (from === to) return true
  switch (internal) {
    case 'varchar':
    case 'varbit':
    case 'time':
    case 'timetz':
    case 'timestamp':
    case 'timestamptz':
      return to === -1 || (from !== -1 && to >= from)
    case 'numeric': {
      if (to === -1) return true
      if (from === -1) return false
      const [precision, scale] = [
        (modifier: number) => (modifier - 4) >> 16,
        (modifier: number) => (modifier - 4) & 0x7ff,
      ]
      return scale(from) === scale(to) && precision(to) >= precision(from)
    }
    default:
      return to === -1
  }
}

/** The type that a USING expression casts the bare column to; null: it is the bare column; undefined: anything else. */
const usingType = (using: Node, column: string): TypeName | null | undefined => {
  if (columnOf(using) === column) return null
  const cast = bodyOf(using, 'TypeCast')
  return cast !== undefined && columnOf(cast.arg) === column ? cast.typeName : undefined
}

/**
 * What `alter column … type` costs, as ATColumnChangeRequiresRewrite of tablecmds.c decides it: rows stay when the new type
 * reads the same bytes and no shorter length is to be checked.
 */
export const typeChange = (
  change: { column: string; from: Column | undefined; to: ColumnDef },
  types: Types,
  timeZoneIsUtc: boolean,
): TypeChange => {
  const { column, from, to } = change
  if (to.typeName === undefined || from?.type === undefined || from.type === null) {
    return rewrite('The column is not known here.')
  }
  if (to.raw_default !== undefined) {
    const cast = usingType(to.raw_default, column)
    const elsewhere = cast !== null && (cast === undefined || typeText(cast) !== typeText(to.typeName))
    if (elsewhere) return rewrite('USING computes each value anew.')
  }
  const target = types.named.get(typeText(to.typeName))
  const targetFacts = typeof target === 'number' ? types.facts.get(target) : undefined
  if (typeof target !== 'number' || targetFacts === undefined)
    return rewrite('The new type is not known here.')

  const baseOf = (oid: number): { oid: number; constrained: boolean } => {
    const facts = types.facts.get(oid)
    if (facts === undefined || facts.base === null) return { oid, constrained: false }
    const below = baseOf(facts.base)
    return { oid: below.oid, constrained: facts.constrained || below.constrained }
  }
  const source = baseOf(from.type)
  const wanted = baseOf(target)
  if (wanted.constrained && from.type !== target) {
    return rewrite(`The domain ${targetFacts.name} has conditions that each value must meet.`)
  }
  const internal = types.facts.get(wanted.oid)?.internal ?? ''
  const before = types.facts.get(source.oid)?.internal ?? ''
  const typmod = typmodOf(to.typeName, internal)
  const collated = to.collClause !== undefined
  if (source.oid === wanted.oid) {
    if (typmod === undefined || !widens(internal, from.typmod, typmod)) {
      return rewrite('The new length or precision must be checked against each value.')
    }
    return keep('Each old value is one of the new type, too.', collated)
  }
  const reordered = collated || !(sameOrder.has(before) && sameOrder.has(internal))
  if (types.binary.has(`${source.oid} ${wanted.oid}`)) {
    if (typmod === -1) return keep('Both types keep their values as the same bytes.', reordered)
    return rewrite('The new length must be checked against each value.')
  }
  const moments = new Set(['timestamp', 'timestamptz'])
  if (moments.has(before) && moments.has(internal) && timeZoneIsUtc && typmod === -1) {
    return keep('In the time zone UTC both types keep the same moments as the same bytes.', true)
  }
  return rewrite('The types keep their values as different bytes.')
}
