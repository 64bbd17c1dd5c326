import type { Constraint, Node } from 'libpg-query'
import { displayName } from './names.ts'
import { newRelation, type Relation, type TableConstraint } from './relations.ts'
import { bodyOf, findAll, nameParts, provenNotNull } from './tree.ts'
import type { Verdict, Work } from './verdict.ts'

const text = (nodes: Node[] | undefined): string[] => nameParts(nodes ?? [])

/** Columns of the table that an expression names. */
export const columnsIn = (expression: Node | undefined, { columns }: Relation): string[] => {
  const named = findAll(expression, 'ColumnRef').map(({ fields }) => nameParts(fields ?? []).at(-1) ?? '')
  return [...new Set(named)].filter((name) => columns.has(name))
}

/** Name that PostgreSQL gives a constraint or index without one. */
const chooseName = (table: Relation, columns: string[], label: string): string => {
  const base = [table.name, ...columns, label].join('_')
  let name = base
  for (let n = 1; table.constraints.has(name) || table.indexes.has(name); n += 1) name = `${base}${n}`
  return name
}

const entry = (changes: Partial<TableConstraint> & Pick<TableConstraint, 'kind'>): TableConstraint => ({
  columns: [],
  valid: true,
  inherited: false,
  references: null,
  referenced: [],
  onDelete: null,
  proves: [],
  ...changes,
})

/** An index as it will be there for later statements. */
export const addIndex = (
  verdict: Verdict,
  table: Relation,
  index: { name: string | undefined; columns: string[]; hasExpressions: boolean; label: string },
): void => {
  const name = index.name ?? chooseName(table, index.columns, index.label)
  table.indexes.set(name, { columns: index.columns, hasExpressions: index.hasExpressions })
  const relation = newRelation(table.schema, name, table.kind === 'p' ? 'I' : 'i')
  relation.parent = table.key
  verdict.known.relations.add(relation)
}

type Adding = {
  /** Column that the constraint stands behind. */
  column?: string | undefined
  /** The column is new and all its values are null: nothing can be wrong. */
  allNull?: boolean
  /** The table is new: it has no rows, and nobody knows it. */
  newTable?: boolean
  children: boolean
}

const foreignKey = (table: Relation, constraint: Constraint, adding: Adding, verdict: Verdict): void => {
  const columns = adding.column === undefined ? text(constraint.fk_attrs) : [adding.column]
  const partner = verdict.find(constraint.pktable)
  const enforced = constraint.is_enforced !== false
  const proves = !constraint.skip_validation && enforced && !adding.allNull && !adding.newTable
  const why = `Each row of ${table.key} must be found in ${partner?.key ?? 'the other table'}.`
  const work: Work | null = proves ? { kind: 'scan', rule: 'foreign-key-scan', why } : null
  const mode = 'SHARE ROW EXCLUSIVE'
  if (!adding.newTable) verdict.lock(table, mode, { children: table.kind === 'p', work })
  verdict.lock(partner, mode, { children: partner?.kind === 'p', work })
  const referenced = text(constraint.pk_attrs)
  const key = [...(partner?.constraints.values() ?? [])].find(({ kind }) => kind === 'p')
  table.constraints.set(
    constraint.conname ?? chooseName(table, columns, 'fkey'),
    entry({
      kind: 'f',
      columns,
      valid: !constraint.skip_validation && enforced,
      references: partner?.key ?? null,
      referenced: referenced.length > 0 ? referenced : (key?.columns ?? []),
      onDelete: constraint.fk_del_action ?? 'a',
    }),
  )
}

const check = (table: Relation, constraint: Constraint, adding: Adding, verdict: Verdict): void => {
  const columns = columnsIn(constraint.raw_expr, table)
  const enforced = constraint.is_enforced !== false
  const valid = !constraint.skip_validation && enforced
  if (!adding.newTable) {
    const why = 'Each row is read to prove the condition.'
    const work: Work | null = valid ? { kind: 'scan', rule: 'check-scan', why } : null
    const children = adding.children && constraint.is_no_inherit !== true
    verdict.lock(table, 'ACCESS EXCLUSIVE', { children, work })
  }
  const name = constraint.conname ?? chooseName(table, columns.length === 1 ? columns : [], 'check')
  const proves = enforced ? provenNotNull(constraint.raw_expr) : []
  for (const each of adding.children ? verdict.known.relations.family(table) : [table]) {
    each.constraints.set(name, entry({ kind: 'c', columns, valid, proves }))
  }
}

/** Makes a column refuse nulls: free where a valid CHECK, or what is there already, proves that there are none. */
export const setNotNull = (
  table: Relation,
  columnName: string,
  options: { children: boolean; valid?: boolean },
  verdict: Verdict,
): void => {
  for (const each of options.children ? verdict.known.relations.family(table) : [table]) {
    const column = each.columns.get(columnName)
    const proven =
      column?.notNull === true ||
      [...each.constraints.values()].some(({ valid, proves }) => valid && proves.includes(columnName))
    const why = `Each row is read to prove that ${columnName} is not null; no valid CHECK says so.`
    const work: Work | null =
      proven || options.valid === false ? null : { kind: 'scan', rule: 'not-null-scan', why }
    verdict.lock(each, 'ACCESS EXCLUSIVE', { work })
    if (column !== undefined && options.valid !== false) column.notNull = true
  }
}

const notNull = (table: Relation, constraint: Constraint, adding: Adding, verdict: Verdict): void => {
  const column = adding.column ?? text(constraint.keys)[0]
  if (column === undefined) return
  const valid = !constraint.skip_validation
  if (!adding.newTable && adding.column === undefined) {
    setNotNull(
      table,
      column,
      { children: adding.children && constraint.is_no_inherit !== true, valid },
      verdict,
    )
  }
  const known = table.columns.get(column)
  if (known !== undefined && valid) known.notNull = true
  if (verdict.known.versionNumber >= 180000) {
    const name = constraint.conname ?? chooseName(table, [column], 'not_null')
    table.constraints.set(name, entry({ kind: 'n', columns: [column], valid }))
  }
}

/** PRIMARY KEY, UNIQUE and EXCLUDE: each has an index. */
const withIndex = (table: Relation, constraint: Constraint, adding: Adding, verdict: Verdict): void => {
  const primary = constraint.contype === 'CONSTR_PRIMARY'
  const exclusion = constraint.contype === 'CONSTR_EXCLUSION'
  const existing = constraint.indexname
  const keys = exclusion
    ? findAll(constraint.exclusions, 'IndexElem').flatMap(({ name }) => name ?? [])
    : text(constraint.keys)
  const own = adding.column === undefined ? keys : [adding.column]
  const columns = existing === undefined ? own : (table.indexes.get(existing)?.columns ?? [])
  if (!adding.newTable) {
    const why = 'Each row is read to build the index of the key.'
    const work: Work | null = existing === undefined ? { kind: 'scan', rule: 'key-index', why } : null
    verdict.lock(table, 'ACCESS EXCLUSIVE')
    // Indexes of partitions are built under a weaker lock.
    if (table.kind === 'p') verdict.lock(table, 'SHARE', { children: true, work })
    else verdict.lock(table, 'ACCESS EXCLUSIVE', { work })
    // NOT NULL is a constraint since then, which partitions get, too.
    if (primary && table.kind === 'p' && verdict.known.versionNumber >= 170000) {
      verdict.lock(table, 'ACCESS EXCLUSIVE', { children: true })
    }
    if (primary) {
      for (const column of columns) {
        if (table.columns.get(column)?.notNull === true) continue
        setNotNull(table, column, { children: table.kind === 'p' }, verdict)
      }
    }
  }
  for (const column of primary ? columns : []) {
    const known = table.columns.get(column)
    if (known !== undefined) known.notNull = true
  }
  const label = primary ? 'pkey' : exclusion ? 'excl' : 'key'
  const name = constraint.conname ?? existing ?? chooseName(table, primary ? [] : columns, label)
  if (existing === undefined) addIndex(verdict, table, { name, columns, hasExpressions: exclusion, label })
  table.constraints.set(name, entry({ kind: primary ? 'p' : exclusion ? 'x' : 'u', columns }))
}

/** A constraint of ALTER TABLE, of a new column or of a new table. */
export const addConstraint = (
  table: Relation,
  constraint: Constraint,
  adding: Adding,
  verdict: Verdict,
): void => {
  switch (constraint.contype) {
    case 'CONSTR_FOREIGN':
      foreignKey(table, constraint, adding, verdict)
      return
    case 'CONSTR_CHECK':
      check(table, constraint, adding, verdict)
      return
    case 'CONSTR_NOTNULL':
      notNull(table, constraint, adding, verdict)
      return
    case 'CONSTR_PRIMARY':
    case 'CONSTR_UNIQUE':
    case 'CONSTR_EXCLUSION':
      withIndex(table, constraint, adding, verdict)
      return
    default:
  }
}

/** Locks on the other side, when a constraint goes. */
const release = (
  table: Relation,
  [name, constraint]: [string, TableConstraint],
  cascade: boolean,
  verdict: Verdict,
): void => {
  const { relations } = verdict.known
  if (constraint.kind === 'f') verdict.lock(relations.get(constraint.references), 'ACCESS EXCLUSIVE')
  if (constraint.kind === 'p' || constraint.kind === 'u') {
    table.indexes.delete(name)
    relations.delete(displayName(table.schema, name))
    for (const { table: other, name: key, constraint: foreign } of relations.referencing(table)) {
      const rests = foreign.referenced.every((column) => constraint.columns.includes(column))
      if (!cascade || !rests) continue
      verdict.lock(other, 'ACCESS EXCLUSIVE')
      other.constraints.delete(key)
      verdict.say('drop-cascade', 'danger', `The foreign key ${key} of ${other.key} goes, too.`)
    }
  }
  if (constraint.kind === 'n') {
    const column = table.columns.get(constraint.columns[0] ?? '')
    if (column !== undefined) column.notNull = false
  }
  table.constraints.delete(name)
}

export const dropConstraint = (
  table: Relation,
  name: string,
  options: { children: boolean; cascade: boolean },
  verdict: Verdict,
): void => {
  for (const each of options.children ? verdict.known.relations.family(table) : [table]) {
    const constraint = each.constraints.get(name)
    const inherits = each === table || constraint !== undefined
    if (inherits) verdict.lock(each, 'ACCESS EXCLUSIVE')
    if (constraint !== undefined) release(each, [name, constraint], options.cascade, verdict)
  }
}

/** What goes with a column: its constraints, also those that others have to it. */
export const releaseColumn = (table: Relation, column: string, cascade: boolean, verdict: Verdict): void => {
  for (const [name, constraint] of [...table.constraints]) {
    if (constraint.columns.includes(column)) release(table, [name, constraint], cascade, verdict)
  }
  for (const [name, index] of [...table.indexes]) {
    if (index.columns.includes(column)) table.indexes.delete(name)
  }
}

export const validateConstraint = (
  table: Relation,
  name: string,
  children: boolean,
  verdict: Verdict,
): void => {
  for (const each of children ? verdict.known.relations.family(table) : [table]) {
    const constraint = each.constraints.get(name)
    if (constraint === undefined && each !== table) continue
    const valid = constraint?.valid === true
    const why = 'Each row is read to prove it. Reading and writing go on.'
    const work: Work | null = valid ? null : { kind: 'scan', rule: 'validate-scan', why }
    verdict.lock(each, 'SHARE UPDATE EXCLUSIVE', { work })
    if (constraint === undefined) continue
    if (!valid && constraint.kind === 'f') {
      verdict.lock(verdict.known.relations.get(constraint.references), 'ROW SHARE', { work })
    }
    constraint.valid = true
    const column = constraint.kind === 'n' ? each.columns.get(constraint.columns[0] ?? '') : undefined
    if (column !== undefined) column.notNull = true
  }
}

/** The CHECK of a domain's or column's own, when it has one. */
export const hasCheck = (constraints: Node[] | undefined): boolean =>
  (constraints ?? []).some((node) => {
    const kind = bodyOf(node, 'Constraint')?.contype
    return kind === 'CONSTR_CHECK' || kind === 'CONSTR_NOTNULL'
  })
