import type { ColumnDef, Constraint, Node } from 'libpg-query'
import { addConstraint, releaseColumn } from './constraints.ts'
import { isEmpty } from './known.ts'
import { displayName } from './names.ts'
import { type Column, newRelation, type Relation } from './relations.ts'
import { bodyOf, findAll, nameParts } from './tree.ts'
import { typeChange } from './type-change.ts'
import { typeText, typmodOf } from './types.ts'
import type { Verdict, Work } from './verdict.ts'

const serials = ['smallserial', 'serial', 'bigserial', 'serial2', 'serial4', 'serial8']

const constraintsOf = ({ constraints }: ColumnDef): Constraint[] =>
  (constraints ?? []).flatMap((node) => bodyOf(node, 'Constraint') ?? [])

const isVolatile = (expression: Node | undefined, { known }: Verdict): boolean =>
  findAll(expression, 'FuncCall').some(({ funcname }) => {
    const name = nameParts(funcname).at(-1) ?? ''
    return known.volatileFunctions.has(name) || !known.steadyFunctions.has(name)
  })

/** A column as later statements find it. */
export const columnFrom = (def: ColumnDef, { known: { types } }: Verdict): Column => {
  const oid = def.typeName === undefined ? null : (types.named.get(typeText(def.typeName)) ?? null)
  const internal = oid === null ? '' : (types.facts.get(oid)?.internal ?? '')
  const typmod = def.typeName === undefined ? -1 : (typmodOf(def.typeName, internal) ?? -1)
  const kinds = constraintsOf(def).map(({ contype }) => contype)
  const notNull = kinds.some((kind) => kind === 'CONSTR_NOTNULL' || kind === 'CONSTR_IDENTITY')
  return { type: oid, typmod, notNull: notNull || isSerial(def) }
}

const isSerial = ({ typeName }: ColumnDef): boolean => {
  const parts = nameParts(typeName?.names)
  return parts.length === 1 && serials.includes(parts[0] ?? '')
}

/** Whether a column numbers its rows from a sequence of its own, which is made with it. */
export const addSequence = (table: Relation, def: ColumnDef, { known }: Verdict): boolean => {
  const identity = constraintsOf(def).some(({ contype }) => contype === 'CONSTR_IDENTITY')
  if (!identity && !isSerial(def)) return false
  const sequence = newRelation(table.schema, `${table.name}_${def.colname}_seq`, 'S')
  sequence.parent = table.key
  sequence.ownedBy = def.colname ?? null
  known.relations.add(sequence)
  return true
}

const isConstrainedDomain = ({ typeName }: ColumnDef, { known }: Verdict): boolean => {
  if (typeName === undefined) return false
  const oid = known.types.named.get(typeText(typeName))
  const facts = typeof oid === 'number' ? known.types.facts.get(oid) : undefined
  return facts?.constrained === true || known.constrainedDomains.has(nameParts(typeName.names).at(-1) ?? '')
}

/** Why all rows are written anew to hold the new column; null: they stay as they are. */
const rewriteFor = (def: ColumnDef, numbered: boolean, verdict: Verdict): Work | null => {
  const constraints = constraintsOf(def)
  const of = (kind: Constraint['contype']) => constraints.find(({ contype }) => contype === kind)
  const name = def.colname ?? ''
  if (numbered) {
    return { kind: 'rewrite', rule: 'numbered-column', why: `Each row gets its own number in ${name}.` }
  }
  const generated = of('CONSTR_GENERATED')
  if (generated !== undefined) {
    // Since 18 there are virtual ones, which are computed when they are read.
    if (generated.generated_kind === 'v') return null
    return { kind: 'rewrite', rule: 'generated-column', why: `${name} is computed and stored in each row.` }
  }
  if (isConstrainedDomain(def, verdict)) {
    return { kind: 'rewrite', rule: 'domain-column', why: `The domain of ${name} has conditions.` }
  }
  if (isVolatile(of('CONSTR_DEFAULT')?.raw_expr, verdict)) {
    const why = `The default of ${name} may be another value for each row, so each is written.`
    return { kind: 'rewrite', rule: 'volatile-default', why }
  }
  return null
}

export const addColumn = (
  table: Relation,
  def: ColumnDef,
  options: { children: boolean; missingOk: boolean },
  verdict: Verdict,
): void => {
  const name = def.colname ?? ''
  if (options.missingOk && table.columns.has(name)) return
  const { children } = options
  const family = children ? verdict.known.relations.family(table) : [table]
  for (const each of family) each.columns.set(name, columnFrom(def, verdict))
  const numbered = addSequence(table, def, verdict)
  verdict.lock(table, 'ACCESS EXCLUSIVE', { children, work: rewriteFor(def, numbered, verdict) })

  const constraints = constraintsOf(def)
  const kinds = new Set(constraints.map(({ contype }) => contype))
  const valued = numbered || kinds.has('CONSTR_DEFAULT') || kinds.has('CONSTR_GENERATED')
  for (const constraint of constraints) {
    addConstraint(table, constraint, { column: name, allNull: !valued, children }, verdict)
  }
  const wantsValue = kinds.has('CONSTR_NOTNULL') || kinds.has('CONSTR_PRIMARY')
  if (wantsValue && !valued && !family.every((each) => isEmpty(verdict.known, each))) {
    verdict.say(
      'not-null-no-default',
      'danger',
      `${name} is NOT NULL and has no default: with a single row in ${table.key} the statement fails. Add a default, or add the column first, fill it, then set NOT NULL.`,
    )
  }
}

export const dropColumn = (
  table: Relation,
  name: string,
  options: { children: boolean; cascade: boolean },
  verdict: Verdict,
): void => {
  if (!table.columns.has(name)) return
  for (const each of options.children ? verdict.known.relations.family(table) : [table]) {
    verdict.lock(each, 'ACCESS EXCLUSIVE')
    for (const sequence of verdict.known.relations.sequences(each, name)) {
      verdict.lock(sequence, 'ACCESS EXCLUSIVE')
      verdict.known.relations.remove(sequence)
    }
    releaseColumn(each, name, options.cascade, verdict)
    each.columns.delete(name)
  }
  if (table.oid === null) return
  verdict.destroys(
    displayName(table.schema, table.name, name),
    `The values of ${displayName(table.schema, table.name, name)} are gone for good.`,
  )
  if (!options.cascade) return
  for (const view of verdict.known.relations.viewsOn(table)) {
    verdict.lock(view, 'ACCESS EXCLUSIVE')
    verdict.say('drop-cascade', 'danger', `The view ${view.key} goes, too, if it shows the column.`)
  }
}

/** Foreign keys that have the column on either side are made anew, and proven anew unless the old proof holds. */
const remakeForeignKeys = (table: Relation, column: string, typeChanges: boolean, verdict: Verdict): void => {
  const { relations } = verdict.known
  const why = 'The foreign key is proven anew for the new type.'
  const proof: Work | null = typeChanges ? { kind: 'scan', rule: 'foreign-key-scan', why } : null
  for (const { kind, columns, references, valid } of table.constraints.values()) {
    if (kind !== 'f' || !columns.includes(column)) continue
    const work = valid ? proof : null
    verdict.lock(relations.get(references), 'ACCESS EXCLUSIVE', { work })
    verdict.lock(table, 'ACCESS EXCLUSIVE', { work })
  }
  for (const { table: other, constraint } of relations.referencing(table)) {
    if (!constraint.referenced.includes(column)) continue
    const work = constraint.valid ? proof : null
    verdict.lock(other, 'ACCESS EXCLUSIVE', { work })
    verdict.lock(table, 'ACCESS EXCLUSIVE', { work })
  }
}

export const alterType = (
  table: Relation,
  name: string,
  to: ColumnDef,
  children: boolean,
  verdict: Verdict,
): void => {
  const { known } = verdict
  for (const each of children ? known.relations.family(table) : [table]) {
    const column = each.columns.get(name)
    const { rewrites, rebuildsIndexes, why } = typeChange(
      { column: name, from: column, to },
      known.types,
      known.timeZoneIsUtc,
    )
    const about = `${name} of ${each.key}: ${why}`
    const checked = [...each.constraints].filter(
      ([, { kind, columns, valid }]) => kind === 'c' && valid && columns.includes(name),
    )
    const indexed = [...each.indexes].filter(
      ([, { columns, hasExpressions }]) => hasExpressions || columns.includes(name),
    )
    verdict.lock(each, 'ACCESS EXCLUSIVE')
    if (rewrites) {
      verdict.lock(each, 'ACCESS EXCLUSIVE', { work: { kind: 'rewrite', rule: 'type-rewrite', why: about } })
    }
    const again = [...checked, ...(rebuildsIndexes || rewrites ? indexed : [])].map(([named]) => named)
    if (again.length > 0) {
      const what = `The rows stay, but are read for ${again.join(', ')}.`
      verdict.lock(each, 'ACCESS EXCLUSIVE', { work: { kind: 'scan', rule: 'type-scan', why: what } })
    }
    const oid = to.typeName === undefined ? null : (known.types.named.get(typeText(to.typeName)) ?? null)
    remakeForeignKeys(each, name, oid === null || oid !== column?.type, verdict)
    each.columns.set(name, { ...columnFrom(to, verdict), notNull: column?.notNull ?? false })
  }
}

/** A new expression for a generated column: stored ones are computed anew. */
export const setExpression = (table: Relation, name: string, children: boolean, verdict: Verdict): void => {
  const why = `${name} is computed anew in each row, unless it is a virtual column.`
  verdict.lock(table, 'ACCESS EXCLUSIVE', {
    children,
    work: { kind: 'rewrite', rule: 'generated-column', why },
  })
}
