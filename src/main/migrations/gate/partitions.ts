import { displayName } from './names.ts'
import type { Relation } from './relations.ts'
import type { NodeBody } from './tree.ts'
import type { Verdict, Work } from './verdict.ts'
import { listText } from './words.ts'

const defaultOf = (parent: Relation, { known: { relations } }: Verdict): Relation | undefined =>
  parent.children.flatMap((key) => relations.get(key) ?? []).find(({ isDefault }) => isDefault)

/** A new partition takes over rows that the default one has: there must be none. */
export const lockDefault = (parent: Relation, verdict: Verdict): void => {
  const existing = defaultOf(parent, verdict)
  const why = `Rows of ${existing?.key} that belong to the new partition are looked for.`
  const work: Work = { kind: 'scan', rule: 'default-partition-scan', why }
  verdict.lock(existing, 'ACCESS EXCLUSIVE', { children: true, work })
}

/** Foreign keys of the parent hold for its partitions, too. */
export const lockPartners = (parent: Relation, mode: 'SHARE ROW EXCLUSIVE', verdict: Verdict): void => {
  for (const { kind, references } of parent.constraints.values()) {
    if (kind === 'f') verdict.lock(verdict.known.relations.get(references), mode)
  }
}

export const attachPartition = (
  parent: Relation,
  { name, bound }: NodeBody<'PartitionCmd'>,
  verdict: Verdict,
) => {
  const { relations } = verdict.known
  const child = verdict.find(name)
  if (parent.kind === 'I') {
    // ALTER INDEX … ATTACH PARTITION looks at the two tables.
    for (const index of [parent, child]) verdict.lock(relations.get(index?.parent ?? null), 'ACCESS SHARE')
    return verdict.lock(child, 'ACCESS EXCLUSIVE')
  }
  verdict.lock(parent, 'SHARE UPDATE EXCLUSIVE')
  if (child === undefined) return
  const checks = [...child.constraints].flatMap(([check, { kind, valid }]) =>
    kind === 'c' && valid ? check : [],
  )
  const unless =
    checks.length === 0
      ? ''
      : `, unless ${listText(checks.map((check) => displayName(check)))} says the same as the bounds: PostgreSQL finds that out, the gate does not`
  const why = `Each row of ${child.key} is read to prove that it belongs there${unless}.`
  verdict.lock(child, 'ACCESS EXCLUSIVE', {
    children: true,
    work: { kind: 'scan', rule: 'attach-scan', why },
  })
  if (bound?.is_default !== true) lockDefault(parent, verdict)
  const indexed = [...parent.indexes.values()].some(
    ({ columns }) => ![...child.indexes.values()].some((own) => own.columns.join() === columns.join()),
  )
  if (indexed) {
    const missing = 'An index of the parent is built on it, because it has none like it.'
    verdict.lock(child, 'ACCESS EXCLUSIVE', { work: { kind: 'scan', rule: 'key-index', why: missing } })
  }
  for (const constraint of parent.constraints.values()) {
    if (constraint.kind !== 'f') continue
    const proof = 'The foreign key of the parent is proven for it.'
    const work: Work = { kind: 'scan', rule: 'foreign-key-scan', why: proof }
    verdict.lock(child, 'ACCESS EXCLUSIVE', { work })
    verdict.lock(relations.get(constraint.references), 'SHARE ROW EXCLUSIVE', { work })
  }
  child.parent = parent.key
  child.isDefault = bound?.is_default === true
  parent.children.push(child.key)
}

export const detachPartition = (
  parent: Relation,
  { name, concurrent }: NodeBody<'PartitionCmd'>,
  verdict: Verdict,
) => {
  const child = verdict.find(name)
  verdict.lock(parent, concurrent === true ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE')
  verdict.lock(child, 'ACCESS EXCLUSIVE')
  verdict.lock(defaultOf(parent, verdict), 'ACCESS EXCLUSIVE')
  lockPartners(parent, 'SHARE ROW EXCLUSIVE', verdict)
  for (const { table } of verdict.known.relations.referencing(parent)) verdict.lock(table, 'SHARE')
  if (child === undefined) return
  parent.children = parent.children.filter((key) => key !== child.key)
  child.parent = null
  child.isDefault = false
}

export const inherit = (child: Relation, parent: Relation | undefined, verdict: Verdict): void => {
  verdict.lock(child, 'ACCESS EXCLUSIVE')
  verdict.lock(parent, 'SHARE UPDATE EXCLUSIVE')
  if (parent === undefined) return
  child.parent = parent.key
  parent.children.push(child.key)
}

export const disinherit = (child: Relation, parent: Relation | undefined, verdict: Verdict): void => {
  verdict.lock(child, 'ACCESS EXCLUSIVE')
  verdict.lock(parent, 'ACCESS SHARE')
  if (parent === undefined) return
  child.parent = null
  parent.children = parent.children.filter((key) => key !== child.key)
}
