import type { Node, RangeVar, SelectStmt } from 'libpg-query'
import type { LockMode } from '../../../shared/migrations.ts'
import type { Relation } from './relations.ts'
import { bodyOf, findAll, findRangeVars } from './tree.ts'
import type { Verdict } from './verdict.ts'

const tablesBelow = (verdict: Verdict, relation: Relation): Relation[] =>
  relation.uses.flatMap((key) => {
    const used = verdict.known.relations.get(key)
    return used === undefined ? [] : [used, ...(used.kind === 'v' ? tablesBelow(verdict, used) : [])]
  })

/** Locks a relation as a query does: with its children, and what a view reads. */
const lockForQuery = (verdict: Verdict, range: RangeVar, mode: LockMode, runs = true): void => {
  const relation = verdict.find(range)
  if (relation === undefined) return
  const children = range.inh === true
  const work = runs ? ({ kind: 'scan', rule: 'reads-rows', why: 'The statement reads it.' } as const) : null
  verdict.lock(relation, mode, { children, work })
  if (relation.kind !== 'v') return
  for (const table of tablesBelow(verdict, relation)) verdict.lock(table, mode, { children: true, work })
}

/**
 * Relations that a tree reads. Names of WITH and what SELECT INTO makes are none.
 * @param runs false: it is only looked at, as the query of a new view
 */
export const judgeReads = (tree: unknown, verdict: Verdict, runs = true): void => {
  const named = new Set(findAll(tree, 'CommonTableExpr').map(({ ctename }) => ctename))
  const made = new Set(findAll(tree, 'SelectStmt').map(({ intoClause }) => intoClause?.rel))
  const filled = new Set([
    ...findAll(tree, 'InsertStmt').map(({ relation }) => relation),
    ...findAll(tree, 'CopyStmt').map(({ relation, is_from }) => (is_from === true ? relation : undefined)),
  ])
  for (const range of findRangeVars(tree)) {
    const isName = range.schemaname === undefined && named.has(range.relname)
    if (!isName && !made.has(range) && !filled.has(range)) lockForQuery(verdict, range, 'ACCESS SHARE', runs)
  }
  for (const select of findAll(tree, 'SelectStmt')) {
    if (select.lockingClause !== undefined) judgeRowLocks(select, named, verdict)
  }
}

const judgeRowLocks = (select: SelectStmt, named: Set<string | undefined>, verdict: Verdict): void => {
  const from = findRangeVars(select.fromClause).filter(({ relname }) => !named.has(relname))
  for (const clause of findAll(select.lockingClause, 'LockingClause')) {
    const only = findRangeVars(clause.lockedRels).map(({ relname }) => relname)
    for (const range of from) {
      const wanted = only.length === 0 || only.includes(range.alias?.aliasname ?? range.relname)
      if (wanted) lockForQuery(verdict, range, 'ROW SHARE')
    }
  }
}

type Change = { event: 'insert' | 'update' | 'delete'; columns: string[] }

/** The triggers of foreign keys look at the other table, or change its rows. */
const judgeForeignKeys = (table: Relation, { event, columns }: Change, verdict: Verdict): void => {
  const { relations } = verdict.known
  const touches = (those: string[]) => event !== 'update' || those.some((column) => columns.includes(column))
  if (event !== 'delete') {
    for (const constraint of table.constraints.values()) {
      if (constraint.kind === 'f' && touches(constraint.columns)) {
        const work = { kind: 'scan', rule: 'reads-rows', why: 'Its rows are looked up.' } as const
        verdict.lock(relations.get(constraint.references), 'ROW SHARE', { work })
      }
    }
  }
  if (event === 'insert') return
  for (const { table: other, constraint } of relations.referencing(table)) {
    if (!touches(constraint.referenced)) continue
    const follows = event === 'delete' && ['c', 'n', 'd'].includes(constraint.onDelete ?? '')
    const work = {
      kind: 'scan',
      rule: 'row-change',
      why: 'Its rows that point to those are looked for.',
    } as const
    verdict.lock(other, follows ? 'ROW EXCLUSIVE' : 'ROW SHARE', { children: true, work })
  }
}

const judgeChange = (range: RangeVar | undefined, change: Change, verdict: Verdict): Relation | undefined => {
  const found = verdict.find(range)
  if (found === undefined) return undefined
  const view = found.kind === 'v'
  const tables = view ? [found, ...tablesBelow(verdict, found)] : [found]
  for (const table of tables) {
    const why = `Rows that are touched stay locked until the transaction ends.`
    const work = change.event === 'insert' ? null : ({ kind: 'scan', rule: 'row-change', why } as const)
    const children = change.event === 'insert' ? table.kind === 'p' : view || range?.inh === true
    verdict.lock(table, 'ROW EXCLUSIVE', { children, work })
    for (const each of verdict.known.relations.family(table)) judgeForeignKeys(each, change, verdict)
    if (change.event === 'insert') {
      for (const sequence of verdict.known.relations.sequences(table)) verdict.lock(sequence, 'ROW EXCLUSIVE')
    }
    if (table.triggers.length > 0) {
      verdict.say(
        'opaque',
        'ok',
        `${table.key} has triggers (${table.triggers.join(', ')}). What they lock and change is not foretold.`,
      )
    }
  }
  return found
}

const targets = (list: Node[] | undefined): string[] =>
  (list ?? []).flatMap((node) => bodyOf(node, 'ResTarget')?.name ?? [])

const judgeInserts = (tree: Node, verdict: Verdict): void => {
  for (const { relation, is_from } of findAll(tree, 'CopyStmt')) {
    if (is_from === true) judgeChange(relation, { event: 'insert', columns: [] }, verdict)
  }
  for (const { relation, onConflictClause } of findAll(tree, 'InsertStmt')) {
    judgeChange(relation, { event: 'insert', columns: [] }, verdict)
    const columns = targets(onConflictClause?.targetList)
    if (columns.length > 0) judgeChange(relation, { event: 'update', columns }, verdict)
  }
}

/** SELECT, INSERT, UPDATE, DELETE, MERGE and VALUES, also those that stand in WITH. */
export const judgeRows = (tree: Node, verdict: Verdict): void => {
  judgeReads(tree, verdict)
  judgeInserts(tree, verdict)
  for (const { relation, targetList, whereClause } of findAll(tree, 'UpdateStmt')) {
    const table = judgeChange(relation, { event: 'update', columns: targets(targetList) }, verdict)
    if (table !== undefined && whereClause === undefined) {
      verdict.destroys(table.key, `UPDATE without WHERE overwrites a value in each row of ${table.key}.`)
    }
  }
  for (const { relation, whereClause } of findAll(tree, 'DeleteStmt')) {
    const table = judgeChange(relation, { event: 'delete', columns: [] }, verdict)
    if (table !== undefined && whereClause === undefined) {
      verdict.destroys(table.key, `DELETE without WHERE takes away all rows of ${table.key}.`)
    }
  }
  for (const { relation, mergeWhenClauses } of findAll(tree, 'MergeStmt')) {
    for (const { commandType, targetList } of findAll(mergeWhenClauses, 'MergeWhenClause')) {
      const columns = targets(targetList)
      if (commandType === 'CMD_INSERT') judgeChange(relation, { event: 'insert', columns }, verdict)
      if (commandType === 'CMD_UPDATE') judgeChange(relation, { event: 'update', columns }, verdict)
      if (commandType === 'CMD_DELETE') judgeChange(relation, { event: 'delete', columns }, verdict)
    }
  }
}
