import type { Node } from 'libpg-query'
import { displayName } from './names.ts'
import type { Relation } from './relations.ts'
import { judgeReads } from './rows.ts'
import { bodyOf, findAll, findRangeVars, type NodeBody, nameParts } from './tree.ts'
import type { Verdict } from './verdict.ts'

export const judgeCreateTrigger = (body: NodeBody<'CreateTrigStmt'>, verdict: Verdict): void => {
  const table = verdict.find(body.relation)
  verdict.lock(table, 'SHARE ROW EXCLUSIVE', { children: table?.kind === 'p' && body.row === true })
  verdict.lock(body.constrrel === undefined ? undefined : verdict.find(body.constrrel), 'ACCESS SHARE')
  if (table === undefined || body.trigname === undefined) return
  if (!table.triggers.includes(body.trigname)) table.triggers.push(body.trigname)
}

export const judgeCreatePolicy = (body: NodeBody<'CreatePolicyStmt'>, verdict: Verdict): void => {
  verdict.lock(verdict.find(body.table), 'ACCESS EXCLUSIVE')
  judgeReads([body.qual, body.with_check], verdict, false)
}

export const judgeAlterPolicy = (body: NodeBody<'AlterPolicyStmt'>, verdict: Verdict): void => {
  verdict.lock(verdict.find(body.table), 'ACCESS EXCLUSIVE')
  judgeReads([body.qual, body.with_check], verdict, false)
}

export const judgeRule = (body: NodeBody<'RuleStmt'>, verdict: Verdict): void => {
  verdict.lock(verdict.find(body.relation), 'ACCESS EXCLUSIVE')
  const others = findRangeVars([body.actions, body.whereClause]).filter(
    ({ relname }) => relname !== 'old' && relname !== 'new',
  )
  for (const range of others) verdict.lock(verdict.find(range), 'ROW EXCLUSIVE')
}

export const judgeCreateStatistics = (body: NodeBody<'CreateStatsStmt'>, verdict: Verdict): void => {
  for (const range of findRangeVars(body.relations))
    verdict.lock(verdict.find(range), 'SHARE UPDATE EXCLUSIVE')
}

const publishes = (objects: NodeBody<'CreatePublicationStmt'>['pubobjects'], verdict: Verdict): void => {
  for (const range of findRangeVars(objects)) {
    verdict.lock(verdict.find(range), 'SHARE UPDATE EXCLUSIVE', { children: range.inh === true })
  }
}

export const judgeCreatePublication = (
  { pubobjects }: NodeBody<'CreatePublicationStmt'>,
  verdict: Verdict,
): void => publishes(pubobjects, verdict)

export const judgeAlterPublication = (
  { pubobjects }: NodeBody<'AlterPublicationStmt'>,
  verdict: Verdict,
): void => publishes(pubobjects, verdict)

export const judgeGrant = (body: NodeBody<'GrantStmt'>, verdict: Verdict): void => {
  const onTables = body.objtype === 'OBJECT_TABLE' || body.objtype === 'OBJECT_SEQUENCE'
  // Since 18. Before, no table was locked.
  if (verdict.known.versionNumber >= 180000 && onTables && body.targtype === 'ACL_TARGET_OBJECT') {
    for (const range of findRangeVars(body.objects)) verdict.lock(verdict.find(range), 'ACCESS SHARE')
  }
  const toAll = findAll(body.grantees, 'RoleSpec').some(({ roletype }) => roletype === 'ROLESPEC_PUBLIC')
  if (body.is_grant === true && toAll) {
    const on = findRangeVars(body.objects).map(({ schemaname, relname = '' }) =>
      displayName(...(schemaname === undefined ? [] : [schemaname]), relname),
    )
    const names = on.length > 0 ? on : (body.objects ?? []).map((node) => displayName(...nameParts(node)))
    const what = names.filter((name) => name !== '').join(', ') || 'what is made from now on'
    verdict.say(
      'public-grant',
      'warning',
      `Every role that can connect gets it on ${what}, also those made later.`,
    )
  }
}

/** OWNED BY: the sequence goes with the column from then on. */
export const ownSequence = (sequence: Relation, options: Node[] | undefined, verdict: Verdict): void => {
  const { relations } = verdict.known
  const owner = findAll(options, 'DefElem').find(({ defname }) => defname === 'owned_by')
  const parts = nameParts(bodyOf(owner?.arg, 'List')?.items)
  if (owner === undefined) return
  const [column, ...table] = parts.toReversed()
  const owning = table.length === 0 ? undefined : relations.path(table.toReversed())
  verdict.lock(owning, 'ACCESS SHARE')
  sequence.parent = owning?.key ?? null
  sequence.ownedBy = owning === undefined ? null : (column ?? null)
}

export const judgeAlterSequence = (body: NodeBody<'AlterSeqStmt'>, verdict: Verdict): void => {
  const sequence = verdict.find(body.sequence, body.missing_ok)
  verdict.lock(sequence, 'SHARE ROW EXCLUSIVE')
  if (sequence !== undefined) ownSequence(sequence, body.options, verdict)
}
