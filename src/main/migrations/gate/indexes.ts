import { addIndex } from './constraints.ts'
import { rangeOf } from './drop.ts'
import type { Relation } from './relations.ts'
import { judgeReads } from './rows.ts'
import { findAll, findRangeVars, type NodeBody, stringOf } from './tree.ts'
import type { Verdict, Work } from './verdict.ts'

export const judgeCreateIndex = (body: NodeBody<'IndexStmt'>, verdict: Verdict): void => {
  const table = verdict.find(body.relation)
  if (table === undefined) return
  const exists = body.idxname !== undefined && table.indexes.has(body.idxname)
  const skipped = exists && body.if_not_exists === true
  const children = body.relation?.inh === true
  const onlyParent = !children && table.kind === 'p'
  const concurrent = body.concurrent === true
  const why = `Each row of the table is read${concurrent ? ' twice' : ''}.`
  const rule = concurrent ? 'index-concurrently' : 'index-blocks-writes'
  const work: Work | null = skipped || onlyParent ? null : { kind: 'scan', rule, why }
  verdict.lock(table, concurrent ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE', { children, work })
  judgeReads([body.indexParams, body.whereClause], verdict, false)
  if (concurrent) {
    const name = body.idxname ?? 'the index'
    const hides = body.if_not_exists === true
    verdict.say(
      'invalid-leftover',
      hides ? 'warning' : 'ok',
      `If it fails, ${name} stays as an invalid index that slows writing down and answers nothing. ` +
        (hides
          ? 'IF NOT EXISTS takes that for the real one and says nothing: put DROP INDEX CONCURRENTLY IF EXISTS in front instead.'
          : 'Drop it, then run the statement again.'),
    )
  }
  if (skipped) return
  const elements = findAll(body.indexParams, 'IndexElem')
  const columns = elements.flatMap(({ name }) => name ?? [])
  const hasExpressions = columns.length < elements.length || body.whereClause !== undefined
  addIndex(verdict, table, { name: body.idxname, columns, hasExpressions, label: 'idx' })
}

const isOn = (params: NodeBody<'ReindexStmt'>['params'], name: string): boolean =>
  findAll(params, 'DefElem').some(
    ({ defname, arg }) => defname === name && !/^(false|off|no|0)$/i.test(stringOf(arg) ?? 'true'),
  )

export const judgeReindex = (body: NodeBody<'ReindexStmt'>, verdict: Verdict): void => {
  const { relations } = verdict.known
  const concurrent = isOn(body.params, 'concurrently')
  const mode = concurrent ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE'
  const work: Work = {
    kind: 'scan',
    rule: concurrent ? 'index-concurrently' : 'reindex',
    why: 'Each row is read to build the index anew.',
  }
  const again = (table: Relation | undefined) =>
    verdict.lock(table, mode, { children: table?.kind === 'p', work })
  if (concurrent) {
    const detail =
      'If it fails, invalid indexes whose names end in _ccnew stay. Drop them, then run the statement again.'
    verdict.say('invalid-leftover', 'ok', detail)
  }
  if (body.kind === 'REINDEX_OBJECT_TABLE') {
    again(verdict.find(body.relation))
    return
  }
  if (body.kind === 'REINDEX_OBJECT_INDEX') {
    const index = verdict.find(body.relation)
    verdict.lock(index, concurrent ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE')
    again(relations.get(index?.parent ?? null))
    return
  }
  const schema = body.kind === 'REINDEX_OBJECT_SCHEMA' ? body.name : undefined
  if (schema === undefined) {
    verdict.say('opaque', 'warning', 'It works through all tables of the database.')
    return
  }
  for (const relation of relations.all()) {
    if (relation.schema === schema && ['r', 'm'].includes(relation.kind)) again(relation)
  }
}

export const judgeCluster = (body: NodeBody<'ClusterStmt'>, verdict: Verdict): void => {
  if (body.relation === undefined) {
    verdict.say('opaque', 'warning', 'It works through all tables that were clustered before.')
    return
  }
  const why = 'Each row is written anew in the order of the index, and all indexes are built anew.'
  const table = verdict.find(body.relation)
  verdict.lock(table, 'ACCESS EXCLUSIVE', {
    children: table?.kind === 'p',
    work: { kind: 'rewrite', rule: 'table-order', why },
  })
}

/** VACUUM and ANALYZE. */
export const judgeVacuum = (body: NodeBody<'VacuumStmt'>, verdict: Verdict): void => {
  const full = body.is_vacuumcmd === true && isOn(body.options, 'full')
  const ranges = findRangeVars(body.rels)
  if (ranges.length === 0) verdict.say('opaque', 'warning', 'It works through all tables of the database.')
  for (const range of ranges) {
    const table = verdict.find(range)
    const why = 'Each row is written anew into a new file, and all indexes are built anew.'
    const work: Work | null = full ? { kind: 'rewrite', rule: 'table-order', why } : null
    const scans: Work = { kind: 'scan', rule: 'reads-rows', why: 'Its pages are read.' }
    verdict.lock(table, full ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE', {
      children: body.is_vacuumcmd === true || table?.kind === 'p',
      work: work ?? (body.is_vacuumcmd === true ? scans : null),
    })
    // Partitions are read for the statistics of the whole.
    if (table !== undefined && body.is_vacuumcmd !== true)
      verdict.lock(table, 'ACCESS SHARE', { children: true })
  }
}

export const judgeRefresh = (body: NodeBody<'RefreshMatViewStmt'>, verdict: Verdict): void => {
  const view = verdict.find(body.relation)
  if (view === undefined) return
  const concurrent = body.concurrent === true
  const why = concurrent
    ? 'Its query is run, and what differs is changed. Reading goes on.'
    : 'Its query is run and its rows are written anew. CONCURRENTLY lets reading go on.'
  verdict.lock(view, concurrent ? 'EXCLUSIVE' : 'ACCESS EXCLUSIVE', {
    work: { kind: concurrent ? 'scan' : 'rewrite', rule: 'refresh', why },
  })
  for (const key of view.uses) {
    judgeReads([{ RangeVar: rangeOf(key.split('.')) }], verdict)
  }
}
