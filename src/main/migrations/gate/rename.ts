import { lockModes } from '../../../shared/migrations.ts'
import { rangeOf } from './drop.ts'
import { displayName } from './names.ts'
import type { Relation } from './relations.ts'
import { findRangeVars, type NodeBody, nameParts } from './tree.ts'
import type { Verdict } from './verdict.ts'

const breaks = (what: string, relation: Relation, verdict: Verdict): void => {
  if (relation.oid === null) return
  verdict.say(
    'breaks-programs',
    'warning',
    `Programs that still use ${what} fail from the commit on. Deploy those that know both names first, or keep a view.`,
  )
}

const renameColumn = (relation: Relation, from: string, to: string): void => {
  const column = relation.columns.get(from)
  if (column === undefined) return
  relation.columns.delete(from)
  relation.columns.set(to, column)
  const renamed = (columns: string[]) => columns.map((name) => (name === from ? to : name))
  for (const constraint of relation.constraints.values()) {
    constraint.columns = renamed(constraint.columns)
    constraint.proves = renamed(constraint.proves)
  }
  for (const index of relation.indexes.values()) index.columns = renamed(index.columns)
}

/** An index under another name: its table knows it, and its constraint, by that. */
const renameIndex = (index: Relation, to: string, { known: { relations } }: Verdict): void => {
  const table = relations.get(index.parent)
  const known = table?.indexes.get(index.name)
  if (table !== undefined && known !== undefined) {
    table.indexes.delete(index.name)
    table.indexes.set(to, known)
    const constraint = table.constraints.get(index.name)
    if (constraint !== undefined) {
      table.constraints.delete(index.name)
      table.constraints.set(to, constraint)
    }
  }
  relations.rename(index, index.schema, to)
}

const renameSchema = (from: string, to: string, verdict: Verdict): void => {
  verdict.say(
    'breaks-programs',
    'warning',
    `Programs that still use schema ${displayName(from)} fail from the commit on.`,
  )
  for (const relation of verdict.known.relations.all()) {
    if (relation.schema === from) verdict.known.relations.rename(relation, to, relation.name)
  }
}

const renameRelation = (body: NodeBody<'RenameStmt'>, verdict: Verdict): void => {
  const { relations } = verdict.known
  const { renameType, subname = '', newname = '' } = body
  const relation = verdict.find(body.relation, body.missing_ok)
  if (relation === undefined) return
  const isIndex = relation.kind === 'i' || relation.kind === 'I'
  switch (renameType) {
    case 'OBJECT_COLUMN':
    case 'OBJECT_ATTRIBUTE':
      verdict.lock(relation, 'ACCESS EXCLUSIVE', { children: true })
      for (const each of relations.family(relation)) renameColumn(each, subname, newname)
      breaks(displayName(relation.schema, relation.name, subname), relation, verdict)
      return
    case 'OBJECT_TABCONSTRAINT': {
      verdict.lock(relation, 'ACCESS EXCLUSIVE', { children: body.relation?.inh === true })
      for (const each of relations.family(relation)) {
        const constraint = each.constraints.get(subname)
        if (constraint === undefined) continue
        each.constraints.delete(subname)
        each.constraints.set(newname, constraint)
        const index = relations.find(each.schema, subname)
        if (index?.parent === each.key) renameIndex(index, newname, verdict)
      }
      return
    }
    case 'OBJECT_TRIGGER':
      relation.triggers = relation.triggers.map((name) => (name === subname ? newname : name))
      verdict.lock(relation, 'ACCESS EXCLUSIVE', { children: relation.kind === 'p' })
      return
    case 'OBJECT_POLICY':
    case 'OBJECT_RULE':
      verdict.lock(relation, 'ACCESS EXCLUSIVE')
      return
    default:
      verdict.lock(relation, isIndex ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE')
      if (isIndex) {
        renameIndex(relation, newname, verdict)
        return
      }
      if (relation.kind !== 'S') breaks(relation.key, relation, verdict)
      relations.rename(relation, relation.schema, newname)
  }
}

/** ALTER … RENAME of anything. */
export const judgeRename = (body: NodeBody<'RenameStmt'>, verdict: Verdict): void => {
  if (body.relation !== undefined) {
    renameRelation(body, verdict)
    return
  }
  if (body.renameType === 'OBJECT_SCHEMA') renameSchema(body.subname ?? '', body.newname ?? '', verdict)
}

/** ALTER … SET SCHEMA. */
export const judgeSetSchema = (body: NodeBody<'AlterObjectSchemaStmt'>, verdict: Verdict): void => {
  const { relations } = verdict.known
  const relation = body.relation === undefined ? undefined : verdict.find(body.relation, body.missing_ok)
  if (relation === undefined) return
  verdict.lock(relation, 'ACCESS EXCLUSIVE')
  for (const index of relations.indexesOf(relation)) relations.rename(index, body.newschema ?? '', index.name)
  for (const sequence of relations.sequences(relation)) {
    verdict.lock(sequence, 'ACCESS EXCLUSIVE')
    relations.rename(sequence, body.newschema ?? '', sequence.name)
  }
  breaks(relation.key, relation, verdict)
  relations.rename(relation, body.newschema ?? '', relation.name)
}

const commentModes = new Set([
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_SEQUENCE',
  'OBJECT_INDEX',
  'OBJECT_FOREIGN_TABLE',
])
const onTable = new Set(['OBJECT_TABCONSTRAINT', 'OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE'])

export const judgeComment = (
  { objtype = 'OBJECT_TABLE', object }: NodeBody<'CommentStmt'>,
  verdict: Verdict,
): void => {
  const parts = nameParts(object)
  if (commentModes.has(objtype)) {
    verdict.lock(verdict.find(rangeOf(parts)), 'SHARE UPDATE EXCLUSIVE')
  } else if (objtype === 'OBJECT_COLUMN') {
    verdict.lock(verdict.find(rangeOf(parts.slice(0, -1))), 'SHARE UPDATE EXCLUSIVE')
  } else if (onTable.has(objtype)) {
    verdict.lock(verdict.find(rangeOf(parts.slice(0, -1))), 'ACCESS SHARE')
  }
}

export const judgeLock = (body: NodeBody<'LockStmt'>, verdict: Verdict): void => {
  // PostgreSQL numbers them in the same order, from 1.
  const mode = lockModes[(body.mode ?? 8) - 1] ?? 'ACCESS EXCLUSIVE'
  for (const range of findRangeVars(body.relations)) {
    const relation = verdict.find(range)
    verdict.lock(relation, mode, { children: range.inh === true })
    for (const key of relation?.kind === 'v' ? relation.uses : []) {
      verdict.lock(verdict.known.relations.get(key), mode, { children: true })
    }
  }
}
