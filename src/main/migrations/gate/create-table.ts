import type { Constraint, RangeVar } from 'libpg-query'
import { addSequence, columnFrom } from './alter-column.ts'
import { ownSequence } from './attached.ts'
import { addConstraint } from './constraints.ts'
import { judgeCalls } from './functions.ts'
import { lockDefault, lockPartners } from './partitions.ts'
import { newRelation, type Relation } from './relations.ts'
import { judgeReads, judgeRows } from './rows.ts'
import { bodyOf, findRangeVars, type NodeBody, nameParts } from './tree.ts'
import type { Verdict } from './verdict.ts'

/** A relation that the statement makes; undefined: it is there already, and the statement says that that is fine. */
const make = (
  range: RangeVar | undefined,
  kind: string,
  ifNotExists: boolean | undefined,
  { known: { relations } }: Verdict,
): Relation | undefined => {
  if (range?.relname === undefined) return undefined
  const schema = relations.schemaFor(range)
  if (ifNotExists === true && relations.find(schema, range.relname) !== undefined) return undefined
  const relation = newRelation(schema, range.relname, kind)
  relations.add(relation)
  return relation
}

const copyColumns = (from: Relation | undefined, to: Relation): void => {
  for (const [name, column] of from?.columns ?? []) to.columns.set(name, { ...column })
}

export const judgeCreateTable = (body: NodeBody<'CreateStmt'>, verdict: Verdict): void => {
  const parents = (body.inhRelations ?? []).flatMap((node) => verdict.find(bodyOf(node, 'RangeVar')) ?? [])
  const table = make(body.relation, body.partspec === undefined ? 'r' : 'p', body.if_not_exists, verdict)
  if (table === undefined) return
  for (const parent of parents) {
    const isPartition = body.partbound !== undefined
    verdict.lock(parent, isPartition ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE')
    if (isPartition && body.partbound?.is_default !== true) lockDefault(parent, verdict)
    if (isPartition) lockPartners(parent, 'SHARE ROW EXCLUSIVE', verdict)
    copyColumns(parent, table)
    table.parent = parent.key
    parent.children.push(table.key)
  }
  table.isDefault = body.partbound?.is_default === true
  if (body.ofTypename !== undefined) table.ofType = nameParts(body.ofTypename.names).at(-1) ?? null

  const late: { constraint: Constraint; column?: string }[] = []
  for (const element of body.tableElts ?? []) {
    const like = bodyOf(element, 'TableLikeClause')
    const column = bodyOf(element, 'ColumnDef')
    const constraint = bodyOf(element, 'Constraint')
    if (like !== undefined) {
      const source = verdict.find(like.relation)
      verdict.lock(source, 'ACCESS SHARE')
      copyColumns(source, table)
    }
    if (column?.colname !== undefined) {
      table.columns.set(column.colname, columnFrom(column, verdict))
      addSequence(table, column, verdict)
      for (const node of column.constraints ?? []) {
        const own = bodyOf(node, 'Constraint')
        if (own !== undefined) late.push({ constraint: own, column: column.colname })
      }
      judgeCalls(column.raw_default, verdict)
    }
    if (constraint !== undefined) late.push({ constraint })
  }
  for (const { constraint, column } of late) {
    addConstraint(table, constraint, { column, newTable: true, children: false }, verdict)
  }
}

/** CREATE TABLE … AS, SELECT … INTO and CREATE MATERIALIZED VIEW. */
export const judgeCreateTableAs = (body: NodeBody<'CreateTableAsStmt'>, verdict: Verdict): void => {
  if (body.query !== undefined) judgeRows(body.query, verdict)
  judgeCalls(body.query, verdict)
  const kind = body.objtype === 'OBJECT_MATVIEW' ? 'm' : 'r'
  const made = make(body.into?.rel, kind, body.if_not_exists, verdict)
  if (made !== undefined && kind === 'm') made.uses = usesOf(body.query, verdict)
}

const usesOf = (query: unknown, { known: { relations } }: Verdict): string[] =>
  findRangeVars(query).flatMap((range) => relations.named(range)?.key ?? [])

export const judgeView = (body: NodeBody<'ViewStmt'>, verdict: Verdict): void => {
  judgeReads(body.query, verdict, false)
  const existing = body.view === undefined ? undefined : verdict.known.relations.named(body.view)
  if (existing !== undefined && body.replace === true) {
    verdict.lock(existing, 'ACCESS EXCLUSIVE')
    existing.uses = usesOf(body.query, verdict)
    return
  }
  const view = make(body.view, 'v', false, verdict)
  if (view !== undefined) view.uses = usesOf(body.query, verdict)
}

export const judgeSequence = (body: NodeBody<'CreateSeqStmt'>, verdict: Verdict): void => {
  const sequence = make(body.sequence, 'S', body.if_not_exists, verdict)
  if (sequence !== undefined) ownSequence(sequence, body.options, verdict)
}

export const judgeCreateForeignTable = (body: NodeBody<'CreateForeignTableStmt'>, verdict: Verdict): void => {
  make(body.base?.relation, 'f', body.base?.if_not_exists, verdict)
}

export const judgeCompositeType = (body: NodeBody<'CompositeTypeStmt'>, verdict: Verdict): void => {
  make(body.typevar, 'c', false, verdict)
}
