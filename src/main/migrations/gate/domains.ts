import { hasCheck } from './constraints.ts'
import type { Relation } from './relations.ts'
import { bodyOf, type NodeBody, nameParts } from './tree.ts'
import { quoted } from './types.ts'
import type { Verdict, Work } from './verdict.ts'

/** Tables with a column of the domain. */
export const usersOf = (parts: string[], { known: { types, relations } }: Verdict): Relation[] => {
  const oid = types.named.get(quoted(parts))
  if (typeof oid !== 'number') return []
  const over = new Set([oid, ...[...types.facts].flatMap(([each, { base }]) => (base === oid ? [each] : []))])
  return relations
    .all()
    .filter(({ columns }) => [...columns.values()].some(({ type }) => type !== null && over.has(type)))
}

/** ALTER DOMAIN: a new condition is proven in every table that uses it. */
export const judgeAlterDomain = (body: NodeBody<'AlterDomainStmt'>, verdict: Verdict): void => {
  const parts = nameParts(body.typeName)
  const tables = usersOf(parts, verdict)
  const work: Work = {
    kind: 'scan',
    rule: 'domain-scan',
    why: `Each value of ${parts.join('.')} is read to prove the condition.`,
  }
  const prove = () => {
    for (const table of tables) verdict.lock(table, 'SHARE', { work })
  }
  switch (body.subtype) {
    case 'C': {
      verdict.known.constrainedDomains.add(parts.at(-1) ?? '')
      if (bodyOf(body.def, 'Constraint')?.skip_validation !== true) prove()
      return
    }
    case 'O':
      verdict.known.constrainedDomains.add(parts.at(-1) ?? '')
      prove()
      return
    case 'V':
      prove()
      return
    default:
  }
}

export const judgeCreateDomain = (body: NodeBody<'CreateDomainStmt'>, verdict: Verdict): void => {
  if (hasCheck(body.constraints)) {
    verdict.known.constrainedDomains.add(nameParts(body.domainname).at(-1) ?? '')
  }
}

export const judgeCreateEnum = ({ typeName }: NodeBody<'CreateEnumStmt'>, verdict: Verdict): void => {
  verdict.known.newTypes.add(nameParts(typeName).at(-1) ?? '')
}

/** A value that is added to an enum must not be used before the transaction ends, unless the enum is of that transaction, too. */
export const judgeAlterEnum = (body: NodeBody<'AlterEnumStmt'>, verdict: Verdict): void => {
  const adds = body.oldVal === undefined && body.newVal !== undefined
  const isNew = verdict.known.newTypes.has(nameParts(body.typeName).at(-1) ?? '')
  if (adds && !isNew && body.newVal !== undefined) verdict.known.newEnumValues.add(body.newVal)
}
