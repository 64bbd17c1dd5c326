import type { Node, RangeVar } from 'libpg-query'
import { usersOf } from './domains.ts'
import { displayName } from './names.ts'
import type { Relation } from './relations.ts'
import { bodyOf, findRangeVars, type NodeBody, nameParts } from './tree.ts'
import type { Verdict } from './verdict.ts'

export const rangeOf = (parts: string[]): RangeVar => {
  const [schemaname, relname] = [parts.at(-2), parts.at(-1) ?? '']
  return schemaname === undefined ? { relname, inh: true } : { schemaname, relname, inh: true }
}

/** Takes a relation out, with its locks; what goes with it, too. */
const dropRelation = (relation: Relation, cascade: boolean, verdict: Verdict): void => {
  const { relations } = verdict.known
  const partition = relations.get(relation.parent)
  if (relation.kind !== 'S' || partition === undefined) verdict.lock(relation, 'ACCESS EXCLUSIVE')
  if (partition?.kind === 'p' && relation.kind !== 'i' && relation.kind !== 'I') {
    verdict.lock(partition, 'ACCESS EXCLUSIVE')
    const standard = partition.children
      .flatMap((key) => relations.get(key) ?? [])
      .find((each) => each.isDefault)
    verdict.lock(standard, 'ACCESS EXCLUSIVE')
  }
  if (relation.kind === 'p' || cascade) {
    for (const key of [...relation.children]) {
      const child = relations.get(key)
      if (child === undefined) continue
      // A partition is a part of its table; one that inherits is a table of its own, unless its schema goes as a whole.
      if (relation.kind !== 'p' && !verdict.confirm.includes(displayName(child.schema))) {
        verdict.say('drop-cascade', 'danger', `${child.key}, which inherits from ${relation.key}, goes, too.`)
        if (child.oid !== null)
          verdict.destroys(child.key, `${child.key} is gone for good, with all its rows.`)
      }
      dropRelation(child, cascade, verdict)
    }
  }
  for (const { kind, references, inherited } of relation.constraints.values()) {
    if (kind === 'f' && !inherited) verdict.lock(relations.get(references), 'ACCESS EXCLUSIVE')
  }
  for (const { table, name } of relations.referencing(relation)) {
    if (!cascade || table === relation) continue
    verdict.lock(table, 'ACCESS EXCLUSIVE')
    table.constraints.delete(name)
    verdict.say('drop-cascade', 'danger', `The foreign key ${name} of ${table.key} goes, too.`)
  }
  for (const sequence of relations.sequences(relation)) {
    verdict.lock(sequence, 'ACCESS EXCLUSIVE')
    relations.remove(sequence)
  }
  for (const view of cascade ? relations.viewsOn(relation) : []) {
    verdict.lock(view, 'ACCESS EXCLUSIVE')
    verdict.say('drop-cascade', 'danger', `${view.key}, which reads ${relation.key}, goes, too.`)
    relations.remove(view)
  }
  for (const index of relations.indexesOf(relation)) relations.delete(index.key)
  relations.remove(relation)
}

const withRows = new Set(['r', 'p'])

const dropRelations = (body: NodeBody<'DropStmt'>, verdict: Verdict): void => {
  const cascade = body.behavior === 'DROP_CASCADE'
  for (const object of body.objects ?? []) {
    const relation = verdict.find(rangeOf(nameParts(object)), body.missing_ok)
    if (relation === undefined) continue
    if (relation.oid !== null && withRows.has(relation.kind)) {
      const detail = `${relation.key} is gone for good, with all its rows.`
      verdict.destroys(relation.key, detail)
    } else if (relation.oid !== null && relation.kind === 'S') {
      verdict.destroys(relation.key, `${relation.key} is gone, and with it the number it had come to.`)
    } else if (relation.oid !== null && cascade) {
      verdict.destroys(relation.key, `CASCADE takes away whatever depends on ${relation.key}.`)
    }
    dropRelation(relation, cascade, verdict)
  }
}

const dropIndexes = (body: NodeBody<'DropStmt'>, verdict: Verdict): void => {
  const { relations } = verdict.known
  for (const object of body.objects ?? []) {
    const index = verdict.find(rangeOf(nameParts(object)), body.missing_ok)
    const table = relations.get(index?.parent ?? null)
    if (index === undefined || table === undefined) continue
    verdict.lock(table, body.concurrent === true ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE', {
      children: table.kind === 'p',
    })
    if (body.concurrent === true) {
      verdict.say(
        'invalid-leftover',
        'ok',
        `It waits for every transaction that uses ${table.key}. If it fails, ${index.key} stays as an invalid index: run the statement again.`,
      )
    } else if (table.oid !== null) {
      verdict.say(
        'drop-index',
        'warning',
        `Readers and writers of ${table.key} wait for it, and it waits for them. DROP INDEX CONCURRENTLY, in a file with "-- no-transaction", does not.`,
      )
    }
    table.indexes.delete(index.name)
    relations.delete(index.key)
  }
}

const dropSchemas = (body: NodeBody<'DropStmt'>, verdict: Verdict): void => {
  const cascade = body.behavior === 'DROP_CASCADE'
  for (const object of body.objects ?? []) {
    const schema = nameParts(object).at(-1) ?? ''
    const inside = verdict.known.relations.all().filter((relation) => relation.schema === schema)
    const tables = inside.filter(({ kind, oid }) => withRows.has(kind) && oid !== null)
    const what = cascade ? `everything in it: ${tables.length} tables with their rows, too` : 'it'
    verdict.destroys(displayName(schema), `Schema ${displayName(schema)} is gone for good, and ${what}.`)
    for (const relation of cascade ? inside : []) dropRelation(relation, true, verdict)
  }
}

/** What stands on a table and goes with a lock on it: `table.name`. */
const dropAttached = (body: NodeBody<'DropStmt'>, verdict: Verdict): void => {
  for (const object of body.objects ?? []) {
    const parts = nameParts(object)
    const table = verdict.find(rangeOf(parts.slice(0, -1)), body.missing_ok)
    const name = parts.at(-1) ?? ''
    verdict.lock(table, 'ACCESS EXCLUSIVE', {
      children: body.removeType === 'OBJECT_TRIGGER' && table?.kind === 'p',
    })
    if (table === undefined || table.oid === null) continue
    if (body.removeType === 'OBJECT_TRIGGER') {
      table.triggers = table.triggers.filter((trigger) => trigger !== name)
      verdict.say('trigger-off', 'warning', `What trigger ${name} of ${table.key} did is not done any more.`)
    }
    if (body.removeType === 'OBJECT_POLICY') {
      const detail = `Policy ${name} of ${table.key} goes: with the others, who sees which rows may change.`
      verdict.say('row-security-off', 'warning', detail)
    }
  }
}

const typeObjects = new Set(['OBJECT_TYPE', 'OBJECT_DOMAIN'])

const nameOfObject = (object: Node): string => displayName(...nameParts(object))

/** DROP of anything. */
export const judgeDrop = (body: NodeBody<'DropStmt'>, verdict: Verdict): void => {
  switch (body.removeType) {
    case 'OBJECT_TABLE':
    case 'OBJECT_FOREIGN_TABLE':
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
    case 'OBJECT_SEQUENCE':
      dropRelations(body, verdict)
      return
    case 'OBJECT_INDEX':
      dropIndexes(body, verdict)
      return
    case 'OBJECT_SCHEMA':
      dropSchemas(body, verdict)
      return
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
    case 'OBJECT_RULE':
      dropAttached(body, verdict)
      return
    default:
  }
  if (body.removeType === 'OBJECT_STATISTIC_EXT') {
    const names = new Set((body.objects ?? []).map((object) => nameParts(object).at(-1)))
    for (const relation of verdict.known.relations.all()) {
      if (relation.statistics.some((name) => names.has(name)))
        verdict.lock(relation, 'SHARE UPDATE EXCLUSIVE')
    }
    return
  }
  if (body.behavior !== 'DROP_CASCADE') return
  for (const object of body.objects ?? []) {
    const name = nameOfObject(object)
    const columns = typeObjects.has(body.removeType ?? '') ? ' That includes columns with their values.' : ''
    verdict.destroys(name, `CASCADE takes away whatever depends on ${name}.${columns}`)
    if (typeObjects.has(body.removeType ?? '')) {
      for (const table of usersOf(nameParts(object), verdict)) verdict.lock(table, 'ACCESS EXCLUSIVE')
    }
    verdict.say('opaque', 'warning', `What depends on ${name}, and so what is locked, is not foretold.`)
  }
}

export const judgeTruncate = (body: NodeBody<'TruncateStmt'>, verdict: Verdict): void => {
  const { relations } = verdict.known
  const cascade = body.behavior === 'DROP_CASCADE'
  const emptied = new Set<Relation>()
  const empty = (table: Relation, children: boolean) => {
    for (const each of children ? relations.family(table) : [table]) {
      if (emptied.has(each)) continue
      emptied.add(each)
      verdict.lock(each, 'ACCESS EXCLUSIVE', {
        work: { kind: 'rewrite', rule: 'destructive', why: 'It gets a new, empty file.' },
      })
      if (body.restart_seqs === true) {
        for (const sequence of relations.sequences(each)) verdict.lock(sequence, 'ACCESS EXCLUSIVE')
      }
      for (const { table: other, name } of cascade ? relations.referencing(each) : []) {
        if (emptied.has(other)) continue
        verdict.say('drop-cascade', 'danger', `${other.key} is emptied, too: ${name} points to ${each.key}.`)
        if (other.oid !== null) verdict.destroys(other.key, `All rows of ${other.key} are gone for good.`)
        empty(other, true)
      }
    }
  }
  for (const range of findRangeVars(body.relations)) {
    const table = verdict.find(range)
    if (table === undefined) continue
    if (table.oid !== null) verdict.destroys(table.key, `All rows of ${table.key} are gone for good.`)
    empty(table, range.inh === true)
  }
}

export const judgeDropOwned = (body: NodeBody<'DropOwnedStmt'>, verdict: Verdict): void => {
  for (const node of body.roles ?? []) {
    const role = bodyOf(node, 'RoleSpec')?.rolename ?? 'the current role'
    verdict.destroys(role, `Everything that belongs to ${role} in this database is gone for good.`)
    verdict.say('opaque', 'warning', `What belongs to ${role}, and so what is locked, is not foretold.`)
  }
}

export const judgeDropDatabase = ({ dbname = '' }: NodeBody<'DropdbStmt'>, verdict: Verdict): void =>
  verdict.destroys(displayName(dbname), `Database ${displayName(dbname)} is gone for good.`)
